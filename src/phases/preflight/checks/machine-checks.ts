import {architectureOf} from '../../../domain/architecture.ts'
import {KERNEL_MODULES} from '../../../manifests/host-files.ts'
import {error, info, ok, warning, type HostCheck, type HostView} from '../input.ts'

const MIB = 1024 * 1024

export const privilegeCheck: HostCheck = view => {
  const name = 'IsPrivilegedUser'
  const {effectiveUid, user} = view.facts
  return effectiveUid === 0
    ? [ok(name, view, `${user.name} can become root${user.sudo === 'root' ? '' : ' by sudo'}`)]
    : [
        error(
          name,
          view,
          `commands run as ${user.name}, not as root`,
          `give ${user.name} sudo rights, or log in as a user with these rights`,
        ),
      ]
}

const OLDEST: Readonly<Record<string, number>> = {ubuntu: 22.04, debian: 12}

export const operatingSystemCheck: HostCheck = view => {
  const name = 'OperatingSystem'
  const {id, idLike, versionId, pretty} = view.facts.os
  const message = pretty || id || 'an unknown system'
  const remedy = 'use Ubuntu 22.04 or later, or Debian 12 or later'
  const oldest = OLDEST[id]
  if (oldest !== undefined) {
    // Debian's testing and unstable have no version; they are newer than all releases.
    return versionId !== '' && Number.parseFloat(versionId) < oldest
      ? [error(name, view, `${message} is too old for kadm`, remedy)]
      : [ok(name, view, message)]
  }
  return idLike.some(like => like in OLDEST)
    ? [warning(name, view, `${message} is similar to a system on which kadm is tested`, remedy)]
    : [error(name, view, `${message} is not supported`, remedy)]
}

export const architectureCheck: HostCheck = (view, {bundleArchitecture}) => {
  const name = 'Architecture'
  const {architecture} = view.facts.kernel
  const known = architectureOf(architecture)
  if (known === undefined)
    return [
      error(
        name,
        view,
        `Kubernetes is not available for ${architecture || 'this machine'}`,
        'use an amd64 or arm64 machine',
      ),
    ]
  if (bundleArchitecture !== undefined && bundleArchitecture !== known) {
    return [
      error(
        name,
        view,
        `is ${known}, the bundle holds ${bundleArchitecture}`,
        `create a bundle for ${known} (kadm bundle create)`,
      ),
    ]
  }
  return [ok(name, view, known)]
}

export const cpuCheck: HostCheck = view => {
  const name = 'NumCPU'
  const {cpus} = view.facts
  if (!view.isControlPlane) return []
  return cpus >= 2
    ? [ok(name, view, `${cpus} CPUs`)]
    : [error(name, view, `${cpus} CPU, a control plane needs 2`, 'give the machine a second CPU')]
}

export const memoryCheck: HostCheck = view => {
  const name = 'Mem'
  const mebibytes = Math.floor(view.facts.memoryBytes / MIB)
  if (!view.isControlPlane) return []
  return mebibytes >= 1700
    ? [ok(name, view, `${mebibytes} MB of memory`)]
    : [error(name, view, `${mebibytes} MB of memory, a control plane needs 1700`, 'give the machine 2 GB or more')]
}

/** Without these no container starts, with any configuration of the runtime. */
const NEEDED = ['sys_admin', 'net_admin', 'sys_chroot', 'mknod', 'setuid', 'setgid', 'dac_override', 'chown']

export const capabilityCheck: HostCheck = view => {
  const name = 'Capabilities'
  const {capabilities, isContainer, virtualization} = view.facts
  if (capabilities.length === 0)
    return [warning(name, view, 'the bounding set could not be read', 'look at CapBnd in /proc/1/status')]
  const missing = NEEDED.filter(capability => !capabilities.includes(capability))
  if (missing.length > 0) {
    const remedy = isContainer
      ? `start the ${virtualization} container with all capabilities`
      : 'remove what bounds PID 1'
    return [error(name, view, `root lacks ${missing.join(', ')}`, remedy)]
  }
  if (!capabilities.includes('sys_resource')) {
    return [info(name, view, 'root lacks sys_resource', 'kadm configures containerd not to lower oom_score_adj')]
  }
  return [ok(name, view, 'root has all capabilities that containers need')]
}

/** Container software whose containers share only the kernel with their host, so that their changes stay inside. */
const MACHINE_CONTAINERS = ['systemd-nspawn', 'lxc', 'lxc-libvirt']

export const virtualizationCheck: HostCheck = view => {
  const name = 'Virtualization'
  const {virtualization, isContainer} = view.facts
  if (!isContainer || MACHINE_CONTAINERS.includes(virtualization)) return [ok(name, view, virtualization)]
  return [
    warning(
      name,
      view,
      `is a ${virtualization} container`,
      'prefer a virtual machine: a container shares modules, swap and kernel settings with its host',
    ),
  ]
}

/** Built in or loaded, by their kernel option, because some modules are visible only there. */
const MODULES: Readonly<Record<(typeof KERNEL_MODULES)[number] | 'vxlan', string>> = {
  overlay: 'OVERLAY_FS',
  br_netfilter: 'BRIDGE_NETFILTER',
  nf_conntrack: 'NF_CONNTRACK',
  vxlan: 'VXLAN',
}

export const moduleCheck: HostCheck = (view, {cluster}) => {
  const name = 'KernelModules'
  const wanted = [...KERNEL_MODULES, ...(cluster.network.plugin.kind === 'flannel' ? (['vxlan'] as const) : [])]
  const missing = wanted.filter(module => !isPresent(view, module))
  if (missing.length === 0) return [ok(name, view, `${wanted.join(', ')} are there`)]
  const message = `${missing.join(', ')} not loaded`
  if (view.facts.modules.loadable) return [info(name, view, message, 'kadm loads them, now and at every boot')]
  const remedy = view.facts.isContainer ? 'load them on the host of the container' : 'install the full kernel package'
  return [
    view.facts.kernel.options === undefined
      ? warning(name, view, `${message} as far as can be seen, and this host cannot load modules`, remedy)
      : error(name, view, `${message}, and this host cannot load modules`, remedy),
  ]
}

function isPresent({facts}: HostView, module: keyof typeof MODULES): boolean {
  const {loaded, builtin} = facts.modules
  return loaded.includes(module) || builtin.includes(module) || facts.kernel.options?.[MODULES[module]] === 'y'
}

export const commandsCheck: HostCheck = view =>
  ['losetup', 'mount', 'cp'].map(command => {
    const name = `FileExisting-${command}`
    return view.facts.commands.includes(command)
      ? ok(name, view, `${command} is there`)
      : error(
          name,
          view,
          `${command} is not on PATH`,
          `install it: apt-get install ${command === 'cp' ? 'coreutils' : 'mount'}`,
        )
  })
