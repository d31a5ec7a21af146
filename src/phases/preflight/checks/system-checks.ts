import {kubeletRefusesCgroupV1} from '../../../domain/version.ts'
import {error, ok, warning, type HostCheck} from '../input.ts'

const NAME = 'SystemVerification'

const REQUIRED = [
  ...['NAMESPACES', 'NET_NS', 'PID_NS', 'IPC_NS', 'UTS_NS', 'CPUSETS', 'MEMCG', 'INET', 'EXT4_FS', 'PROC_FS'],
  ...['NETFILTER_XT_MATCH_COMMENT', 'FAIR_GROUP_SCHED', 'CGROUPS', 'CGROUP_PIDS', 'CGROUP_SCHED'],
]
const REQUIRED_V1 = ['CGROUP_CPUACCT', 'CGROUP_DEVICE', 'CGROUP_FREEZER']
const REQUIRED_V2 = ['CGROUP_BPF']
const REDIRECT = ['NETFILTER_XT_TARGET_REDIRECT', 'IP_NF_TARGET_REDIRECT']
const CONTROLLERS = {
  1: {required: ['cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'memory', 'pids'], optional: ['hugetlb', 'blkio']},
  2: {required: ['cpu', 'cpuset', 'memory', 'pids'], optional: ['hugetlb', 'io']},
} as const

/** The part of kubeadm's SystemVerification that checks the kernel's release and build. */
export const kernelCheck: HostCheck = view => {
  const {release, options} = view.facts.kernel
  const findings = isSupported(release)
    ? []
    : [warning(NAME, view, `kernel ${release} is not 5.4, 5.10, 5.15, or 6 and later`, 'use a long-term kernel')]
  if (options === undefined) {
    const remedy = 'install the kernel package of the distribution, which has /boot/config'
    return [...findings, warning(NAME, view, 'cannot read the configuration of the kernel', remedy)]
  }
  const required = [...REQUIRED, ...(view.facts.cgroup.version === 1 ? REQUIRED_V1 : REQUIRED_V2)]
  const missing = required.filter(option => options[option] === undefined)
  const lacks = REDIRECT.some(option => options[option] !== undefined) ? missing : [...missing, REDIRECT[0]]
  if (lacks.length > 0) {
    return [
      ...findings,
      error(NAME, view, `the kernel was built without ${lacks.join(', ')}`, 'use a kernel of the distribution'),
    ]
  }
  return findings.length > 0 ? findings : [ok(NAME, view, `kernel ${release}`)]
}

function isSupported(release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map(part => Number.parseInt(part, 10))
  return major >= 6 || (major === 5 && [4, 10, 15].includes(minor))
}

export const cgroupCheck: HostCheck = (view, {cluster}) => {
  const {version, controllers} = view.facts.cgroup
  const {required, optional} = CONTROLLERS[version]
  const missing = required.filter(name => !controllers.includes(name))
  if (missing.length > 0) {
    const remedy =
      version === 2 && !view.facts.isContainer
        ? 'remove what turns them off on the kernel command line, such as cgroup_disable=memory'
        : 'delegate them to this container on its host'
    return [error(NAME, view, `cgroup controllers ${missing.join(', ')} are missing`, remedy)]
  }
  const wanting = optional.filter(name => !controllers.includes(name))
  const findings = [
    ...(wanting.length > 0
      ? [
          warning(
            NAME,
            view,
            `optional cgroup controllers ${wanting.join(', ')} are missing`,
            'limits of that kind have no effect',
          ),
        ]
      : []),
    ...(version === 1 ? [oldCgroup()] : []),
  ]
  return findings.length > 0 ? findings : [ok(NAME, view, `cgroup v${version} with its controllers`)]

  function oldCgroup() {
    const remedy = 'boot with systemd.unified_cgroup_hierarchy=1; until then kadm sets failCgroupV1: false'
    const refuses = kubeletRefusesCgroupV1(cluster.version) ? ', which this kubelet refuses by default' : ''
    return warning(NAME, view, `cgroup v1${refuses}`, remedy)
  }
}
