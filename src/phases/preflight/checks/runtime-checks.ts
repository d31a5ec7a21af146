import {info, ok, warning, type HostCheck} from '../input.ts'

export const runtimeCheck: HostCheck = view => {
  const name = 'CRI'
  const {containerd, runtimeSockets} = view.facts
  const others = runtimeSockets.filter(
    socket => !socket.endsWith('/containerd.sock') && !socket.endsWith('/docker.sock'),
  )
  const other =
    others.length > 0 && !view.isMember
      ? [
          warning(
            name,
            view,
            `${others.join(', ')} is there too`,
            'you need to do nothing: kadm uses containerd and does not change the other runtime',
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

export const runtimeVersionCheck: HostCheck = view => {
  const name = 'ContainerRuntimeVersion'
  const {version} = view.facts.containerd
  if (version === undefined) return []
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

/** Kubelet and runtime must agree, and systemd is right wherever systemd owns the groups (cgroup v2). */
export const cgroupDriverCheck: HostCheck = view => {
  const name = 'CgroupDriver'
  const {kubelet, containerd, cgroup} = view.facts
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
