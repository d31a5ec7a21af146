import {ageText} from '../../../domain/duration.ts'
import {error, info, ok, warning, type HostCheck} from '../input.ts'

const GIB = 1024 ** 3
/**
 * Free space in GiB; and the free share below which the kubelet taints its node and evicts pods (its defaults of
 * evictionHard).
 */
interface Limit {
  readonly error: number
  readonly warning: number
  readonly evicts?: number
}

const LIMITS: Readonly<Record<string, Limit>> = {
  '/var/lib/containerd': {error: 2, warning: 8, evicts: 0.15},
  '/var/lib/kubelet': {error: 0.5, warning: 2, evicts: 0.1},
  '/var/lib/etcd': {error: 0.5, warning: 2},
}
/** The size of a node's images and logs before you run any workload. */
const NODE_TAKES = 2 * GIB

/** The command that makes the file system of a path writable until the next boot, and the file that decides it. */
export const remounted = (path: string): string =>
  `mount it read-write: sudo mount -o remount,rw "$(findmnt -no TARGET -T ${path})"; then look in /etc/fstab`

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`

export const diskChecks: HostCheck = (view, {cluster}) =>
  view.facts.disks
    .filter(({path}) => LIMITS[path] !== undefined && (path !== '/var/lib/etcd' || view.isControlPlane))
    .map(({path, freeBytes, totalBytes, readOnly}) => {
      const name = 'DiskSpace'
      const limit = LIMITS[path] ?? {error: 0, warning: 0}
      const evicts = 'evictionHard' in cluster.extra.kubelet ? 0 : totalBytes * (limit.evicts ?? 0)
      if (readOnly) {
        const remedy = remounted(path)
        return error('DiskWritable', view, `${path} is on a read-only file system`, remedy)
      }
      const remedy = `free or add space below ${path}`
      const message = `${gib(freeBytes)} free for ${path}`
      if (freeBytes < limit.error * GIB) return error(name, view, `only ${message}`, remedy)
      const tooFull = `only ${message}, of ${gib(totalBytes)}; the kubelet evicts pods below ${gib(evicts)}`
      const more = `${remedy}, or set evictionHard in your KubeletConfiguration`
      // On a running node this is a warning: the node may be what you repair.
      if (freeBytes < evicts) return (view.isMember ? warning : error)(name, view, tooFull, more)
      if (freeBytes < evicts + NODE_TAKES && evicts > 0) return warning(name, view, tooFull, more)
      return freeBytes < limit.warning * GIB ? warning(name, view, `only ${message}`, remedy) : ok(name, view, message)
    })

/**
 * A file system can run out of inodes while it has space: each file needs one, and an image has about ten thousand
 * files.
 */
const INODES: Readonly<Record<string, {readonly error: number; readonly warning: number}>> = {
  '/var/lib/containerd': {error: 20_000, warning: 100_000},
  '/var/lib/kubelet': {error: 1_000, warning: 10_000},
  '/var/lib/etcd': {error: 100, warning: 1_000},
  '/var/lib/kadm': {error: 200, warning: 1_000},
  '/etc': {error: 200, warning: 1_000},
}

/** The free share below which the kubelet evicts pods, nodefs.inodesFree and imagefs.inodesFree by default. */
const EVICTS_INODES = 0.05

export const inodeChecks: HostCheck = view =>
  view.facts.disks.flatMap(({path, inodes}) => {
    const limit = INODES[path]
    if (limit === undefined || inodes === undefined || (path === '/var/lib/etcd' && !view.isControlPlane)) return []
    const {free, total} = inodes
    const message = `only ${free} of ${total} inodes free for ${path}`
    const remedy = `find the files and remove what you do not need: sudo du --inodes -x ${path} | sort -n | tail`
    const isEvicted = free < total * EVICTS_INODES && path.startsWith('/var/lib/')
    if (free < limit.error || (isEvicted && !view.isMember)) return [error('DiskSpace', view, message, remedy)]
    return free < limit.warning || isEvicted ? [warning('DiskSpace', view, message, remedy)] : []
  })

/** etcd writes to disk before it answers; its documentation recommends that 99 of 100 writes take less than 10 ms. */
export const fsyncCheck: HostCheck = view => {
  const name = 'FsyncLatency'
  const {fsyncMs} = view.facts
  if (!view.isControlPlane) return []
  if (fsyncMs === undefined)
    return [warning(name, view, 'could not time a synced write in /var/lib', 'check that it is writable')]
  if (fsyncMs > 50) {
    const remedy = 'use a faster disk: at this speed etcd loses its leader and the API server restarts under load'
    return [warning(name, view, `a synced write takes ${fsyncMs} ms, far more than the 10 ms etcd wants`, remedy)]
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
  const message = `${lock.command} (pid ${lock.pid}) has held the package lock for ${ageText(lock.ageSeconds * 1000)}`
  return lock.ageSeconds < PATIENCE_SECONDS
    ? [info(name, view, message, 'kadm waits for it')]
    : [
        warning(
          name,
          view,
          message,
          `check what it waits for: sudo systemctl status apt-daily-upgrade, or ps -fp ${lock.pid}`,
        ),
      ]
}

export const packageStateCheck: HostCheck = (view, {cluster}) => {
  const name = 'PackageState'
  if (!view.facts.packagesInterrupted) return [ok(name, view, 'whole')]
  const message = 'dpkg was interrupted'
  const remedy = 'run sudo dpkg --configure -a'
  return [cluster.source.kind === 'online' ? error(name, view, message, remedy) : warning(name, view, message, remedy)]
}
