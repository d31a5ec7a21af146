import {describe, expect, test} from 'vitest'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {input, judged, sampleFacts, seen, tell} from './sample.ts'

const bare = sampleFacts(10)
const GIB = 1024 ** 3

test('a bare machine on which nothing is wrong needs only what kadm does itself', () => {
  const findings = judge(input([judged('master', 10, {role: 'control-plane'})]))

  expect(tell(findings)).toEqual([
    'info master: containerd is not installed -> kadm installs it',
    'info master: no kubelet is installed -> kadm installs v1.37.2',
    'info master: there is no such unit -> kadm writes and enables it',
  ])
})

describe('a check of the machine says what it saw and one fix', () => {
  test.each([
    [
      'a user without root',
      'IsPrivilegedUser',
      {effectiveUid: 1000, user: {...bare.user, sudo: 'none' as const}},
      'error master: commands run as ubuntu, not as root -> give ubuntu sudo rights, or log in as a user with these rights',
    ],
    [
      'a system kadm cannot prepare',
      'OperatingSystem',
      {os: {id: 'fedora', idLike: [], versionId: '42', pretty: 'Fedora Linux 42'}},
      'error master: Fedora Linux 42 is not supported -> use Ubuntu 22.04 or later, or Debian 12 or later',
    ],
    [
      'a system that is too old',
      'OperatingSystem',
      {os: {id: 'debian', idLike: [], versionId: '10', pretty: 'Debian GNU/Linux 10'}},
      'error master: Debian GNU/Linux 10 is too old for kadm -> use Ubuntu 22.04 or later, or Debian 12 or later',
    ],
    [
      'a relative of Ubuntu',
      'OperatingSystem',
      {os: {id: 'linuxmint', idLike: ['ubuntu', 'debian'], versionId: '22', pretty: 'Linux Mint 22'}},
      'warning master: Linux Mint 22 is similar to a system on which kadm is tested -> use Ubuntu 22.04 or later, or Debian 12 or later',
    ],
    [
      'a 32-bit machine',
      'Architecture',
      {kernel: {...bare.kernel, architecture: 'armv7l'}},
      'error master: Kubernetes is not available for armv7l -> use an amd64 or arm64 machine',
    ],
    ['one CPU', 'NumCPU', {cpus: 1}, 'error master: 1 CPU, a control plane needs 2 -> give the machine a second CPU'],
    [
      'too little memory',
      'Mem',
      {memoryBytes: GIB},
      'error master: 1024 MB of memory, a control plane needs 1700 -> give the machine 2 GB or more',
    ],
    [
      'a kernel kadm knows no promise of',
      'SystemVerification',
      {kernel: {...bare.kernel, release: '5.12.3'}},
      'warning master: kernel 5.12.3 is not 5.4, 5.10, 5.15, or 6 and later -> use a long-term kernel',
    ],
    [
      'a kernel without a needed option',
      'SystemVerification',
      {
        kernel: {
          ...bare.kernel,
          options: Object.fromEntries(Object.entries(bare.kernel.options ?? {}).filter(([k]) => k !== 'NET_NS')),
        },
      },
      'error master: the kernel was built without NET_NS -> use a kernel of the distribution',
    ],
    [
      'missing cgroup controllers',
      'SystemVerification',
      {cgroup: {version: 2 as const, controllers: ['cpu', 'cpuset', 'pids', 'io', 'hugetlb']}},
      'error master: cgroup controllers memory are missing -> remove what turns them off on the kernel command line, such as cgroup_disable=memory',
    ],
    [
      'cgroup v1',
      'SystemVerification',
      {
        cgroup: {
          version: 1 as const,
          controllers: ['cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'memory', 'pids', 'hugetlb', 'blkio'],
        },
      },
      'warning master: cgroup v1, which this kubelet refuses by default -> boot with systemd.unified_cgroup_hierarchy=1; until then kadm sets failCgroupV1: false',
    ],
    [
      'modules that can be loaded',
      'KernelModules',
      {modules: {loaded: [], builtin: ['overlay'], loadable: true}},
      'info master: br_netfilter, nf_conntrack, vxlan not loaded -> kadm loads them, now and at every boot',
    ],
    [
      'modules that cannot be had',
      'KernelModules',
      {modules: {loaded: ['overlay', 'vxlan'], builtin: ['nf_conntrack'], loadable: false}},
      'error master: br_netfilter not loaded, and this host cannot load modules -> install the full kernel package',
    ],
    [
      'capabilities that containers need',
      'Capabilities',
      {capabilities: bare.capabilities.filter(name => name !== 'sys_admin')},
      'error master: root lacks sys_admin -> remove what bounds PID 1',
    ],
    [
      'no sys_resource',
      'Capabilities',
      {capabilities: bare.capabilities.filter(name => name !== 'sys_resource')},
      'info master: root lacks sys_resource -> kadm configures containerd not to lower oom_score_adj',
    ],
    [
      'a docker container',
      'Virtualization',
      {isContainer: true, virtualization: 'docker'},
      'warning master: is a docker container -> prefer a virtual machine: a container shares modules, swap and kernel settings with its host',
    ],
    [
      'no losetup',
      'FileExisting-losetup',
      {commands: ['mount', 'cp']},
      'error master: losetup is not on PATH -> install it: apt-get install mount',
    ],
    [
      'the API port taken',
      'Port-6443',
      {listening: [{port: 6443, address: '0.0.0.0', process: 'nginx'}]},
      'error master: nginx listens on it at 0.0.0.0; the kube-apiserver of this node needs it -> stop nginx, or use another machine',
    ],
  ])('%s', (_, name, facts, expected) => {
    expect(seen(name, facts)).toEqual([expected])
  })
})

test('a bundle for another architecture is refused', () => {
  expect(seen('Architecture', {}, {bundleArchitecture: 'arm64'})).toEqual([
    'error master: is amd64, the bundle holds arm64 -> create a bundle for amd64 (kadm bundle create)',
  ])
})

test('a worker may have one CPU and little memory', () => {
  const worker = judged('worker-1', 11, {cpus: 1, memoryBytes: GIB})

  expect(judge(input([worker])).filter(({severity}) => severity === 'error')).toEqual([])
})
