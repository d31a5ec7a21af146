import type {Finding} from '../finding.ts'
import {error, info, ok, warning, type HostCheck, type HostView} from '../input.ts'

export const runtimeCheck: HostCheck = view => {
  const name = 'CRI'
  const {containerd, runtimeSockets} = view.facts
  const {criSocket} = view.node.host
  if (criSocket !== undefined) return otherRuntime(view, criSocket)
  const others = runtimeSockets.filter(
    socket => !socket.endsWith('/containerd.sock') && !socket.endsWith('/docker.sock'),
  )
  const other =
    others.length > 0 && !view.isMember
      ? [
          warning(
            name,
            view,
            `${others.join(', ')} is also installed`,
            'no action needed: kadm uses containerd and does not change the other runtime',
          ),
        ]
      : []
  if (containerd.binary === undefined)
    return [...other, info(name, view, 'containerd is not installed', 'kadm installs it')]
  if (containerd.criDisabled) {
    const message = `containerd has its CRI plugin disabled${view.facts.packages['containerd.io'] === undefined ? '' : ', as Docker packages it'}`
    return [...other, info(name, view, message, 'kadm enables it')]
  }
  if (!containerd.socket) return [...other, info(name, view, 'containerd does not run', 'kadm starts it')]
  return [...other, ok(name, view, `containerd ${containerd.version ?? ''} at ${containerd.binary}`)]
}

/** The sockets that the facts of a host tell of. */
const KNOWN_SOCKETS = ['/run/crio/crio.sock', '/run/cri-dockerd.sock']

/** A runtime that the file names is the user's own, so it must be there. */
function otherRuntime(view: HostView, criSocket: string): readonly Finding[] {
  const name = 'CRI'
  const path = criSocket.replace(/^unix:\/\//, '').replace(/^\/var\/run\//, '/run/')
  if (view.facts.runtimeSockets.includes(path)) return [ok(name, view, `the container runtime at ${criSocket}`)]
  if (!KNOWN_SOCKETS.includes(path))
    return [
      info(name, view, `uses the container runtime at ${criSocket}`, 'see that it runs: kadm does not install it'),
    ]
  const remedy = 'install and start it there, or remove criSocket from the file: kadm then installs containerd'
  return [error(name, view, `there is no container runtime at ${criSocket}`, remedy)]
}

export const runtimeVersionCheck: HostCheck = view => {
  const name = 'ContainerRuntimeVersion'
  const {version} = view.facts.containerd
  if (version === undefined || view.node.host.criSocket !== undefined) return []
  const [major = 0] = version.split('.').map(Number)
  if (major >= 2) return [ok(name, view, `containerd ${version}`)]
  return [
    warning(
      name,
      view,
      `containerd ${version} cannot report its cgroup driver to the kubelet`,
      'upgrade containerd to 2.0 or later before Kubernetes 1.38',
    ),
  ]
}

/** Kubelet and runtime must use the same driver, and systemd is correct wherever systemd owns the cgroups (cgroup v2). */
export const cgroupDriverCheck: HostCheck = view => {
  const name = 'CgroupDriver'
  const {kubelet, cgroup} = view.facts
  const containerd = view.node.host.criSocket === undefined ? view.facts.containerd : {systemdCgroup: undefined}
  const wanted = cgroup.version === 2 ? 'systemd' : 'cgroupfs'
  const runtime = containerd.systemdCgroup === undefined ? undefined : containerd.systemdCgroup ? 'systemd' : 'cgroupfs'
  const seen = [
    ...(kubelet.cgroupDriver === undefined ? [] : [`kubelet ${kubelet.cgroupDriver}`]),
    ...(runtime === undefined ? [] : [`containerd ${runtime}`]),
  ]
  const isRight = [kubelet.cgroupDriver, runtime].every(driver => driver === undefined || driver === wanted)
  if (isRight) return [ok(name, view, seen.length === 0 ? `will be ${wanted}` : seen.join(', '))]
  return [info(name, view, seen.join(', '), `kadm sets both to ${wanted}`)]
}

export const kubeletServiceCheck: HostCheck = view => {
  const name = 'Service-kubelet'
  const enabled = view.facts.units['kubelet.service']?.enabled
  if (enabled === 'enabled') return [ok(name, view, 'enabled')]
  return [info(name, view, enabled === undefined ? 'there is no such unit' : enabled, 'kadm writes and enables it')]
}
