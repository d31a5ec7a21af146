import {program} from '../../remote/shell/program.ts'
import type {Facts} from '../../domain/facts.ts'
import {OTHER_KUBERNETES} from '../../domain/other-kubernetes.ts'
import {sh} from '../../remote/shell/shell.ts'
import {assigned, linesOf, wordsOf, type Section} from '../section.ts'

const UNITS = [
  ...['kubelet', 'containerd', 'docker', 'crio', 'cri-docker'],
  ...OTHER_KUBERNETES.map(([name]) => name),
  ...['systemd-resolved', 'systemd-networkd', 'NetworkManager', 'networking', 'dnsmasq'],
  ...['ufw', 'firewalld', 'nftables', 'netfilter-persistent', 'apparmor', 'auditd'],
  ...['systemd-timesyncd', 'chrony', 'chronyd', 'ntp', 'ntpsec'],
  ...['unattended-upgrades', 'ssh', 'sshd', 'cloud-init', 'multipathd', 'snapd'],
].map(name => `${name}.service`)
const MORE_UNITS = ['apt-daily.timer', 'apt-daily-upgrade.timer', 'swap.target', 'ssh.socket', 'kadm-node.target']

export const unitsSection: Section<Facts['units']> = {
  name: 'units',
  script: sh`[ -d /run/systemd/system ] && timeout 60 systemctl show -p Id -p LoadState -p ActiveState -p UnitFileState ${[...UNITS, ...MORE_UNITS]}`,
  parse: text =>
    Object.fromEntries(
      text.split('\n\n').flatMap(block => {
        const {Id: id, LoadState: load, ActiveState: active = '', UnitFileState: enabled = ''} = assigned(block)
        if (id === undefined || load === 'not-found') return []
        return [[id, {active, enabled: load === 'masked' ? 'masked' : enabled}]]
      }),
    ),
}

const MODULES = [
  ...[
    'overlay',
    'br_netfilter',
    'vxlan',
    'nf_conntrack',
    'nf_nat',
    'ip_tables',
    'iptable_nat',
    'nf_tables',
    'xt_comment',
  ],
  ...['xt_REDIRECT', 'xt_conntrack', 'nft_compat', 'ip_vs', 'ip6_tables', 'veth', 'bridge'],
]

/** A module built in shows in modules.builtin; where /lib/modules is missing, in the file system list, its sysctls or /sys/module. */
export const modulesSection: Section<(capabilities: readonly string[], isContainer: boolean) => Facts['modules']> = {
  name: 'modules',
  script: program('facts-modules', {modules: MODULES, module_pattern: MODULES.join('|')}),
  parse: text => (capabilities, isContainer) => {
    const lines = linesOf(text)
    const loaded = lines.flatMap(line => (line.startsWith('loaded') ? wordsOf(line).slice(1) : []))
    const builtin = new Set(lines.flatMap(line => (line.startsWith('builtin ') ? line.slice('builtin '.length) : [])))
    return {
      loaded: loaded.toSorted(),
      builtin: [...builtin].filter(name => !loaded.includes(name)).sort(),
      loadable: lines.includes('loadable') && capabilities.includes('sys_module') && !isContainer,
    }
  },
}

const COMMANDS = [
  ...[
    'losetup',
    'mount',
    'cp',
    'conntrack',
    'iptables',
    'nft',
    'ip',
    'ss',
    'ethtool',
    'socat',
    'modprobe',
    'sysctl',
    'swapoff',
  ],
  ...[
    'apt-get',
    'dpkg-query',
    'apt-mark',
    'systemctl',
    'hostnamectl',
    'timedatectl',
    'resolvectl',
    'netplan',
    'networkctl',
    'nmcli',
  ],
  ...[
    'kubelet',
    'kubeadm',
    'kubectl',
    'containerd',
    'ctr',
    'runc',
    'crictl',
    'docker',
    'perl',
    'curl',
    'ping',
    'gzip',
    'tar',
    'sudo',
  ],
  ...[
    'getent',
    'sha256sum',
    'base64',
    'stat',
    'flock',
    'timeout',
    'ufw',
    'firewall-cmd',
    'update-ca-certificates',
    'etcdctl',
  ],
]

export const commandsSection: Section<readonly string[]> = {
  name: 'commands',
  script: sh`for name in ${COMMANDS}; do command -v "$name" >/dev/null && echo "$name"; done`,
  parse: linesOf,
}
