import type {Cluster, HostSpec, Node} from '../../../src/domain/cluster.ts'
import type {Facts, InterfaceFacts} from '../../../src/domain/facts.ts'
import {NOTHING_SHARED} from '../../../src/domain/shared-facts.ts'
import type {Finding} from '../../../src/phases/preflight/finding.ts'
import type {JudgedHost, PreflightInput} from '../../../src/phases/preflight/input.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {clusterOf} from '../../manifests/cluster.ts'

export const NOW = 1_800_000_000

export const sampleCluster = (changes: Partial<Cluster> = {}): Cluster =>
  clusterOf('v1.37.2', {name: 'demo', hosts: [], ...changes})

export const sampleSpec = (changes: Partial<HostSpec> = {}): HostSpec => ({
  name: undefined,
  role: 'worker',
  ssh: {
    address: '192.168.56.11',
    port: undefined,
    user: 'ubuntu',
    keyFile: undefined,
    hostKey: undefined,
    jump: undefined,
  },
  address: undefined,
  labels: {},
  taints: undefined,
  kubeletExtraArgs: [],
  netplan: undefined,
  ...changes,
})

export const link = (
  name: string,
  addresses: readonly string[],
  changes: Partial<InterfaceFacts> = {},
): InterfaceFacts => ({
  name,
  mac: `52:54:00:00:00:${name.length.toString(16).padStart(2, '0')}`,
  mtu: 1500,
  up: true,
  kind: 'physical',
  addresses: addresses.map(text => {
    const [address = '', prefix] = text.split('/')
    return {address, prefix: Number(prefix), family: address.includes(':') ? 6 : 4, dynamic: false, secondary: false}
  }),
  ...changes,
})

const kernelOptions = (): Readonly<Record<string, 'y' | 'm'>> =>
  Object.fromEntries(
    [
      ...['NAMESPACES', 'NET_NS', 'PID_NS', 'IPC_NS', 'UTS_NS', 'CPUSETS', 'MEMCG', 'INET', 'EXT4_FS', 'PROC_FS'],
      ...['NETFILTER_XT_TARGET_REDIRECT', 'NETFILTER_XT_MATCH_COMMENT', 'FAIR_GROUP_SCHED', 'CGROUPS', 'CGROUP_PIDS'],
      ...['CGROUP_SCHED', 'CGROUP_BPF', 'CGROUP_CPUACCT', 'CGROUP_DEVICE', 'CGROUP_FREEZER'],
    ].map(option => [option, 'y' as const]),
  )

const disk = (path: string) => ({path, freeBytes: 40 * 1024 ** 3, totalBytes: 80 * 1024 ** 3, readOnly: false})

/** A bare Ubuntu VM on which nothing is wrong; `last` makes each its own machine. */
export const sampleFacts = (last: number, changes: Partial<Facts> = {}): Facts => ({
  hostname: `vm-${last}`,
  hostnameResolves: true,
  os: {id: 'ubuntu', idLike: ['debian'], versionId: '24.04', pretty: 'Ubuntu 24.04.2 LTS'},
  kernel: {release: '6.8.0-60-generic', architecture: 'x86_64', options: kernelOptions()},
  cpus: 2,
  memoryBytes: 4 * 1024 ** 3,
  memoryAvailableBytes: 3 * 1024 ** 3,
  virtualization: 'kvm',
  isContainer: false,
  effectiveUid: 0,
  user: {name: 'ubuntu', uid: 1000, gid: 1000, home: '/home/ubuntu', sudo: 'nopasswd'},
  identity: {
    machineId: `machine-${last}`,
    bootId: `boot-${last}`,
    productUuid: `uuid-${last}`,
    hostKeys: [`SHA256:key-${last}`],
    macs: [`52:54:00:00:01:${last.toString(16)}`],
  },
  network: {
    connectedAddress: `192.168.56.${last}`,
    interfaces: [link('lo', ['127.0.0.1/8'], {kind: 'loopback'}), link('enp0s8', [`192.168.56.${last}/24`])],
    routes: [
      {destination: 'default', device: 'enp0s8', gateway: '192.168.56.1', table: 'main'},
      {destination: '192.168.56.0/24', device: 'enp0s8', gateway: undefined, table: 'main'},
    ],
    defaultRoute: {device: 'enp0s8', source: `192.168.56.${last}`},
  },
  swap: [],
  swapUsedBytes: 0,
  cgroup: {version: 2, controllers: ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids']},
  capabilities: [
    ...['chown', 'dac_override', 'setuid', 'setgid', 'sys_admin', 'net_admin', 'sys_chroot', 'mknod'],
    ...['sys_resource', 'sys_module'],
  ],
  units: {'systemd-resolved.service': {active: 'active', enabled: 'enabled'}},
  modules: {loaded: ['overlay', 'br_netfilter', 'vxlan'], builtin: ['nf_conntrack'], loadable: true},
  sysctls: {'net.ipv4.ip_forward': '1'},
  packages: {},
  packagesInterrupted: false,
  packageLock: undefined,
  files: {},
  commands: ['losetup', 'mount', 'cp'],
  containerd: {binary: undefined, version: undefined, criDisabled: false, systemdCgroup: undefined, socket: false},
  runtimeSockets: [],
  kubelet: {version: undefined, running: false, cgroupDriver: undefined, nodeIp: undefined},
  clusterCaHash: undefined,
  nodeName: undefined,
  apiServer: undefined,
  advertiseAddress: undefined,
  clock: {epochSeconds: NOW, synchronized: true},
  disks: [disk('/'), disk('/var/lib/kubelet'), disk('/var/lib/containerd'), disk('/var/lib/etcd')],
  fsyncMs: 1.5,
  listening: [{port: 22, address: '0.0.0.0', process: 'sshd'}],
  resolv: {nameservers: ['127.0.0.53'], upstreams: ['192.168.56.1'], resolvedActive: true},
  proxy: {http: undefined, https: undefined, noProxy: undefined},
  firewall: {ufw: false, firewalld: false, nftables: false, closed: []},
  extraCaDirs: [],
  cloudInit: {disabled: false, userData: {preserveHostname: undefined, manageEtcHosts: undefined}},
  lease: undefined,
  ledgerEntries: 0,
  shared: NOTHING_SHARED,
  ...changes,
})

export const file = {type: 'file', mode: '0600', owner: 'root', size: 10, sha256: 'ab'} as const

export const judged = (
  name: string,
  last: number,
  changes: Partial<Facts> & {readonly role?: Node['role']} = {},
): JudgedHost => {
  const {role = 'worker', ...facts} = changes
  const address = `192.168.56.${last}`
  const host = sampleSpec({name, role})
  return {
    node: {host, role, name, address, networkInterface: 'enp0s8'},
    facts: sampleFacts(last, {hostname: name, ...facts}),
    midpointSeconds: NOW,
  }
}

export const input = (hosts: readonly JudgedHost[], changes: Partial<PreflightInput> = {}): PreflightInput => ({
  cluster: sampleCluster(),
  hosts,
  existing: [],
  clusterCaHash: undefined,
  bundleArchitecture: undefined,
  ...changes,
})

/** What one control plane with these facts gets from the check of this name; `ok` findings are left out. */
export function seen(
  name: string,
  facts: Partial<Facts> & {readonly role?: Node['role']},
  changes: Partial<PreflightInput> = {},
): readonly string[] {
  const host = judged('master', 10, {role: 'control-plane', ...facts})
  return tell(judge(input([host], changes)).filter(finding => finding.name === name))
}

export const tell = (findings: readonly Finding[]): readonly string[] =>
  findings
    .filter(({severity}) => severity !== 'ok')
    .map(
      ({severity, hosts, message: message, remedy: remedy}) =>
        `${severity} ${hosts.join(', ')}: ${message}${remedy === undefined ? '' : ` -> ${remedy}`}`,
    )
