import {error, info, ok, warning, type HostCheck} from './input.ts'

const GIB = 1024 ** 3
const LIMITS: Readonly<Record<string, {readonly error: number; readonly warning: number}>> = {
  '/var/lib/containerd': {error: 2, warning: 8},
  '/var/lib/kubelet': {error: 0.5, warning: 2},
  '/var/lib/etcd': {error: 0.5, warning: 2},
}

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`

export const diskChecks: HostCheck = view =>
  view.facts.disks
    .filter(({path}) => LIMITS[path] !== undefined && (path !== '/var/lib/etcd' || view.isControlPlane))
    .map(({path, freeBytes, readOnly}) => {
      const name = 'DiskSpace'
      const limit = LIMITS[path] ?? {error: 0, warning: 0}
      if (readOnly) return error('DiskWritable', view, `${path} is on a read-only file system`, 'mount it read-write')
      const fix = `free or add space below ${path}`
      const saw = `${gib(freeBytes)} free for ${path}`
      if (freeBytes < limit.error * GIB) return error(name, view, `only ${saw}`, fix)
      return freeBytes < limit.warning * GIB ? warning(name, view, `only ${saw}`, fix) : ok(name, view, saw)
    })

/** etcd writes to disk before it answers; its own advice is that 99 of 100 writes take less than 10 ms. */
export const fsyncCheck: HostCheck = view => {
  const name = 'FsyncLatency'
  const {fsyncMs} = view.facts
  if (!view.isControlPlane) return []
  if (fsyncMs === undefined)
    return [warning(name, view, 'a synced write below /var/lib could not be timed', 'see that it is writable')]
  if (fsyncMs > 50) {
    const fix = 'use a faster disk: at this speed etcd loses its leader and the API server restarts under load'
    return [warning(name, view, `a synced write takes ${fsyncMs} ms, far more than the 10 ms etcd wants`, fix)]
  }
  if (fsyncMs > 10)
    return [
      warning(name, view, `a synced write takes ${fsyncMs} ms, etcd wants 10`, 'use a faster disk for /var/lib/etcd'),
    ]
  return [ok(name, view, `a synced write takes ${fsyncMs} ms`)]
}

const PATIENCE_SECONDS = 600

export const packageLockCheck: HostCheck = view => {
  const name = 'PackageLock'
  const lock = view.facts.packageLock
  if (lock === undefined) return [ok(name, view, 'free')]
  const saw = `${lock.command} (pid ${lock.pid}) holds the package lock since ${Math.round(lock.ageSeconds / 60)} min`
  return lock.ageSeconds < PATIENCE_SECONDS
    ? [info(name, view, saw, 'kadm waits for it')]
    : [
        warning(
          name,
          view,
          saw,
          `see what it waits for: sudo systemctl status apt-daily-upgrade, or ps -fp ${lock.pid}`,
        ),
      ]
}

export const packageStateCheck: HostCheck = (view, {cluster}) => {
  const name = 'PackageState'
  if (!view.facts.packagesInterrupted) return [ok(name, view, 'whole')]
  const saw = 'dpkg was interrupted'
  const fix = 'run sudo dpkg --configure -a'
  return [cluster.source.kind === 'online' ? error(name, view, saw, fix) : warning(name, view, saw, fix)]
}
