import {program} from '../../remote/shell/program.ts'
import type {Facts} from '../../domain/facts.ts'
import {sh} from '../../remote/shell/shell.ts'
import {assigned, keyed, linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

type Os = Facts['os']

export const osSection: Section<Os> = {
  name: 'os-release',
  script: sh`cat /etc/os-release || cat /usr/lib/os-release`,
  parse(text) {
    const entries = assigned(text)
    return {
      id: entries['ID'] ?? '',
      idLike: wordsOf(entries['ID_LIKE'] ?? ''),
      versionId: entries['VERSION_ID'] ?? '',
      pretty: entries['PRETTY_NAME'] ?? '',
    }
  },
}

interface Machine {
  readonly hostname: string
  readonly hostnameResolves: boolean
  readonly release: string
  readonly architecture: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly memoryAvailableBytes: number
}

export const machineSection: Section<Machine> = {
  name: 'machine',
  script: program('facts-machine'),
  parse(text) {
    const entries = keyed(text)
    return {
      hostname: entries['hostname'] ?? '',
      hostnameResolves: entries['resolves'] === 'yes',
      release: entries['release'] ?? '',
      architecture: entries['architecture'] ?? '',
      cpus: wholeNumber(entries['cpus']),
      memoryBytes: wholeNumber(entries['memory']) * 1024,
      memoryAvailableBytes: wholeNumber(entries['available']) * 1024,
    }
  },
}

interface Virtualization {
  readonly virtualization: string
  readonly isContainer: boolean
}

/** systemd-detect-virt first; without it, the files that container managers create. */
export const virtualizationSection: Section<Virtualization> = {
  name: 'virtualization',
  script: sh`echo "kind $(systemd-detect-virt)"
echo "container $(systemd-detect-virt -c)"
[ -r /run/systemd/container ] && echo "mark $(cat /run/systemd/container)"
[ -e /.dockerenv ] && echo 'mark docker'
[ -e /run/.containerenv ] && echo 'mark podman'
:`,
  parse(text) {
    const entries = keyed(text)
    const mark = entries['mark'] ?? ''
    const container = [entries['container'] ?? '', mark].find(name => name !== '' && name !== 'none')
    return {virtualization: container ?? (entries['kind'] || 'none'), isContainer: container !== undefined}
  },
}

/** Bit order of linux/capability.h. */
const CAPABILITIES = [
  ...['chown', 'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap'],
  ...['linux_immutable', 'net_bind_service', 'net_broadcast', 'net_admin', 'net_raw', 'ipc_lock', 'ipc_owner'],
  ...['sys_module', 'sys_rawio', 'sys_chroot', 'sys_ptrace', 'sys_pacct', 'sys_admin', 'sys_boot', 'sys_nice'],
  ...['sys_resource', 'sys_time', 'sys_tty_config', 'mknod', 'lease', 'audit_write', 'audit_control', 'setfcap'],
  ...['mac_override', 'mac_admin', 'syslog', 'wake_alarm', 'block_suspend', 'audit_read', 'perfmon', 'bpf'],
  'checkpoint_restore',
] as const

export const capabilitySection: Section<readonly string[]> = {
  name: 'capabilities',
  script: sh`grep '^CapBnd:' /proc/self/status`,
  parse(text) {
    const hex = /^CapBnd:\s*([0-9a-f]+)/m.exec(text)?.[1] ?? '0'
    const bits = BigInt(`0x${hex}`)
    return CAPABILITIES.filter((_, bit) => (bits >> BigInt(bit)) % 2n === 1n)
  },
}

export const cgroupSection: Section<Facts['cgroup']> = {
  name: 'cgroup',
  script: sh`if [ -r /sys/fs/cgroup/cgroup.controllers ]; then
  echo version 2
  echo "controllers $(cat /sys/fs/cgroup/cgroup.controllers)"
else
  echo version 1
  awk '!/^#/ && $4 == 1 {print "v1", $1}' /proc/cgroups
fi`,
  parse(text) {
    const lines = linesOf(text)
    if (lines[0] === 'version 2') return {version: 2, controllers: wordsOf(keyed(text)['controllers'] ?? '')}
    return {version: 1, controllers: lines.filter(line => line.startsWith('v1 ')).map(line => line.slice(3))}
  },
}

/** What kubeadm's SystemVerification asks of a kernel, and what flannel and containerd need of it. */
const OPTIONS = [
  ...['NAMESPACES', 'NET_NS', 'PID_NS', 'IPC_NS', 'UTS_NS', 'CPUSETS', 'MEMCG', 'INET', 'EXT4_FS', 'PROC_FS'],
  ...['NETFILTER_XT_TARGET_REDIRECT', 'IP_NF_TARGET_REDIRECT', 'NETFILTER_XT_MATCH_COMMENT', 'FAIR_GROUP_SCHED'],
  ...['CGROUPS', 'CGROUP_CPUACCT', 'CGROUP_DEVICE', 'CGROUP_FREEZER', 'CGROUP_PIDS', 'CGROUP_SCHED', 'CGROUP_BPF'],
  ...['OVERLAY_FS', 'BLK_DEV_DM', 'CFS_BANDWIDTH', 'SECCOMP', 'SECCOMP_FILTER', 'CGROUP_HUGETLB'],
  ...['BRIDGE_NETFILTER', 'VXLAN'],
]

/** Where kubeadm looks for the kernel's configuration, first found wins. */
export const kernelSection: Section<Facts['kernel']['options']> = {
  name: 'kernel',
  script: sh`r=$(uname -r)
pattern=${`^CONFIG_(${OPTIONS.join('|')})=[ym]`}
if [ -r /proc/config.gz ]; then
  echo found; gzip -dc /proc/config.gz | grep -E "$pattern"; exit 0
fi
for file in "/boot/config-$r" "/usr/src/linux-$r/.config" /usr/src/linux/.config "/usr/lib/modules/$r/config" \
  "/usr/lib/ostree-boot/config-$r" "/usr/lib/kernel/config-$r" "/usr/src/linux-headers-$r/.config" "/lib/modules/$r/build/.config"; do
  [ -r "$file" ] && { echo found; grep -E "$pattern" "$file"; exit 0; }
done`,
  parse(text) {
    const lines = linesOf(text)
    if (lines[0] !== 'found') return undefined
    const options = lines.flatMap(line => {
      const match = /^CONFIG_(\w+)=([ym])$/.exec(line)
      return match?.[1] === undefined ? [] : [[match[1], match[2] === 'm' ? 'm' : 'y'] as const]
    })
    return Object.fromEntries(options)
  },
}

const SYSCTLS = [
  ...['net/ipv4/ip_forward', 'net/ipv6/conf/default/forwarding', 'net/ipv6/conf/all/forwarding'],
  ...['net/ipv6/conf/all/disable_ipv6', 'net/ipv4/conf/all/rp_filter', 'net/ipv4/conf/default/rp_filter'],
  ...['net/bridge/bridge-nf-call-iptables', 'net/bridge/bridge-nf-call-ip6tables', 'net/netfilter/nf_conntrack_max'],
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'vm/swappiness', 'kernel/panic', 'kernel/panic_on_oops'],
  ...['kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes', 'kernel/modules_disabled', 'kernel/pid_max'],
  ...['fs/inotify/max_user_instances', 'fs/inotify/max_user_watches'],
]

/** One grep reads them all: the shell's own `read` gets a single byte of a sysctl. */
export const sysctlSection: Section<Facts['sysctls']> = {
  name: 'sysctls',
  script: sh`cd /proc/sys && grep -s '' ${SYSCTLS}`,
  parse: text =>
    Object.fromEntries(
      linesOf(text).map(line => {
        const [path = '', value = ''] = line.split(':')
        return [path.replaceAll('/', '.'), value]
      }),
    ),
}

/** Printed at both ends of the script; their mean is what a caller can compare with the middle of its round trip. */
export const clockSection = (name: 'clock-begin' | 'clock-end'): Section<number> => ({
  name,
  script: sh`date +%s.%N`,
  parse: text => Number.parseFloat(text),
})

/** Cheap marks first: timedatectl starts a service on the bus. */
export const clockSyncSection: Section<boolean | undefined> = {
  name: 'clock-sync',
  script: sh`if [ -e /run/systemd/timesync/synchronized ]; then echo yes
elif [ -d /run/systemd/system ] && command -v timedatectl >/dev/null; then timeout 2 timedatectl show -p NTPSynchronized --value
fi`,
  parse: text => (text.trim() === 'yes' ? true : text.trim() === 'no' ? false : undefined),
}
