import {parseCidr} from '../../../domain/cidr.ts'
import type {Cluster} from '../../../domain/cluster.ts'
import type {SysctlFile} from '../../../domain/shared-facts.ts'
import {sysctls} from '../../../manifests/host-files.ts'
import type {Finding} from '../finding.ts'
import {error, info, ok, warning, type HostCheck, type HostView} from '../input.ts'
import {forwardingOffAtBoot, settingAtBoot, UFW_FILE, type BootSetting} from './sysctl-boot.ts'

const OWN_NAME = '99-zz-kadm.conf'
const OWN = `/etc/sysctl.d/${OWN_NAME}`
const BRIDGE_KEYS = ['net.bridge.bridge-nf-call-iptables', 'net.bridge.bridge-nf-call-ip6tables']

type Family = 4 | 6

const checkName = (key: string): string => `FileContent--proc-sys-${key.replaceAll('.', '-')}`

function familiesOf({network}: Cluster, address: string): readonly Family[] {
  const ranges = [...network.podSubnets, ...network.serviceSubnets, `${address}/0`]
  const found = new Set(ranges.map(text => parseCidr(text)?.family))
  return ([4, 6] as const).filter(family => found.has(family))
}

/** The files after the run: with the file that kadm writes. */
function filesThen({facts, node}: HostView, cluster: Cluster): readonly SysctlFile[] {
  const lines = Object.entries(sysctls(familiesOf(cluster, node.address))).map(([key, value]) => `${key} = ${value}`)
  const isOther = (path: string): boolean => path !== OWN && (path !== UFW_FILE || facts.firewall.ufw)
  return [...facts.shared.sysctlFiles.filter(({path}) => isOther(path)), {path: OWN, lines}]
}

/**
 * Packets of pods pass through the host, now and after a boot: another file may override the one that kadm writes.
 */
export const forwardingChecks: HostCheck = (view, {cluster}) => {
  const files = filesThen(view, cluster)
  const links = ['cni0', 'flannel.1', view.node.networkInterface]
  return familiesOf(cluster, view.node.address).map(family => {
    const key = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.default.forwarding'
    const name = checkName(key)
    const off = forwardingOffAtBoot(files, family, links)
    if (off !== undefined) return atBoot(name, view, off, 'turns forwarding off')
    return view.facts.sysctls[key]?.startsWith('1') === true
      ? ok(name, view, 'on')
      : info(name, view, 'off', 'kadm turns it on, now and at every boot')
  })
}

/** Without them, packets between pods of one node bypass the rules of Services. */
export const bridgeSettingChecks: HostCheck = (view, {cluster}) => {
  const files = filesThen(view, cluster)
  return BRIDGE_KEYS.flatMap(key => {
    const setting = settingAtBoot(files, key)
    const isOff = setting !== undefined && Number(setting.value) === 0
    return isOff ? [atBoot(checkName(key), view, setting, `sets ${key} = 0`)] : []
  })
}

/** A problem at the next boot does not stop a running node, so it is a warning. */
function atBoot(name: string, view: HostView, {path}: BootSetting, what: string): Finding {
  const message = `${path} ${what} at the next boot: it overrides ${OWN}`
  return (view.isMember ? warning : error)(name, view, message, `remove that line from ${path}`)
}

/** A file that is read after kadm's own, and that kadm could not read. */
export const unreadSettingsCheck: HostCheck = view => {
  const {files, shared} = view.facts
  const read = new Set(shared.sysctlFiles.map(({path}) => path))
  const later = Object.keys(files).filter(path => {
    const file = /^\/etc\/sysctl\.d\/([^/]+\.conf)$/.exec(path)?.[1]
    return file !== undefined && file > OWN_NAME && !read.has(path)
  })
  return later.map(path =>
    warning(
      'SysctlFiles',
      view,
      `${path} overrides ${OWN} at boot, and could not be read`,
      `check that it does not set net.ipv4.ip_forward or net.bridge settings: cat ${path}`,
    ),
  )
}

/**
 * The kernel settings that the kubelet requires when it may not change them itself (container_manager_linux.go, setupKernelTunables).
 */
const PROTECTED: Readonly<Record<string, string>> = {
  'vm.overcommit_memory': '1',
  'vm.panic_on_oom': '0',
  'kernel.panic': '10',
  'kernel.panic_on_oops': '1',
  'kernel.keys.root_maxkeys': '1000000',
  'kernel.keys.root_maxbytes': '25000000',
}

export const protectedSettingsCheck: HostCheck = (view, {cluster}) => {
  if (cluster.extra.kubelet['protectKernelDefaults'] !== true) return []
  const wrong = Object.entries(PROTECTED).filter(([key, value]) => (view.facts.sysctls[key] ?? value).trim() !== value)
  if (wrong.length === 0) return []
  const message = `${wrong.map(([key]) => `${key} is ${view.facts.sysctls[key] ?? ''}`).join(', ')}, and protectKernelDefaults forbids the kubelet to change it, so it does not start`
  const remedy = `set ${wrong.map(([key, value]) => `${key} = ${value}`).join(', ')} in a file of /etc/sysctl.d and run sudo systemctl restart systemd-sysctl, or leave protectKernelDefaults out`
  return [error('ProtectKernelDefaults', view, message, remedy)]
}
