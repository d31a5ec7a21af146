import type {Evidence} from '../../domain/evidence.ts'
import type {Facts} from '../../domain/facts.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

/** Packages a node's state depends on; absent ones are not listed. */
const PACKAGES = [
  ...['kubelet', 'kubeadm', 'kubectl', 'kubernetes-cni', 'cri-tools'],
  ...[
    'containerd',
    'containerd.io',
    'runc',
    'docker.io',
    'docker-ce',
    'podman',
    'cri-o',
    'containernetworking-plugins',
  ],
  ...[
    'netplan.io',
    'ifupdown',
    'network-manager',
    'cloud-init',
    'systemd-resolved',
    'systemd-timesyncd',
    'chrony',
    'ntpsec',
  ],
  ...['iptables', 'nftables', 'ufw', 'firewalld', 'conntrack', 'ethtool', 'socat', 'ebtables', 'kmod', 'iproute2'],
  ...['zram-tools', 'systemd-zram-generator', 'dphys-swapfile', 'unattended-upgrades', 'apparmor', 'perl-base', 'sudo'],
  ...['keepalived', 'curl'],
]

const FORMAT = '${db:Status-Abbrev}|${Package}|${Version}\\n'

export const packagesSection: Section<Facts['packages']> = {
  name: 'packages',
  script: sh`dpkg-query -W -f ${FORMAT} ${PACKAGES}`,
  parse: text =>
    Object.fromEntries(
      linesOf(text).flatMap(line => {
        const [status = '', name = '', version = ''] = line.split('|')
        return status[1] === 'i' ? [[name, {version, held: status.startsWith('h')}]] : []
      }),
    ),
}

interface PackageState {
  readonly interrupted: boolean
  readonly lock: Facts['packageLock']
}

/** The lock's file is found in the kernel's lock table by its inode: fuser and lsof are not on every host. */
export const packageLockSection: Section<PackageState> = {
  name: 'package-lock',
  script: sh`for update in /var/lib/dpkg/updates/[0-9]*; do [ -e "$update" ] && { echo interrupted; break; }; done
read -r uptime rest </proc/uptime
inodes=$(stat -c %i /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock | tr '\n' ' ')
pid=$(awk -v inodes=" $inodes" '{split($6, place, ":"); if (index(inodes, " " place[3] " ")) {print $5; exit}}' /proc/locks)
[ -n "$pid" ] && [ -r "/proc/$pid/stat" ] || exit 0
started=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)
echo "lock $pid $started $uptime $(cat "/proc/$pid/comm")"`,
  parse(text) {
    const lines = linesOf(text)
    const [, pid, started, uptime, ...command] = wordsOf(lines.find(line => line.startsWith('lock ')) ?? '')
    const ageSeconds = Math.max(0, Math.round(Number(uptime) - wholeNumber(started) / TICKS))
    return {
      interrupted: lines.includes('interrupted'),
      lock: pid === undefined ? undefined : {pid: wholeNumber(pid), command: command.join(' '), ageSeconds},
    }
  },
}

/** USER_HZ, the same on every Linux architecture we know. */
const TICKS = 100

/** Of Kubernetes, and the runtime where kadm had it installed: what is there and not held. */
export const holdsSection: Section<Evidence['unheld']> = {
  name: 'holds',
  script: sh`set -- kubelet kubeadm kubectl
for entry in /var/lib/kadm/ledger/packages-runtime-*; do [ ! -e "$entry" ] || set -- "$@" containerd containerd.io; done
dpkg-query -W -f ${'${db:Status-Abbrev}|${Package}|${Version}\\n'} "$@" | sed -n 's/^[^h]i[^|]*|//p'`,
  parse: text =>
    linesOf(text).flatMap(line => {
      const [name, version] = line.split('|')
      return name === undefined || version === undefined ? [] : [{name, version}]
    }),
}
