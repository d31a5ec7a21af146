import {ADDRESSES_SETTLED} from './addresses-settled.ts'
import type {TestLab} from './test-lab.ts'

/** What lives on by itself on every machine: logs, caches, clocks, seeds, sessions. */
const RESTLESS = [
  '/var/lib/systemd/random-seed',
  '/var/lib/systemd/timers',
  '/var/lib/systemd/timesync',
  '/var/lib/systemd/catalog',
  '/var/lib/private',
  '/var/lib/sudo',
]

/**
 * Every part prints lines that stand for themselves, so that two states differ by the lines only one of them has. Numbers of interfaces are
 * left out: those of a container's own, and of their far ends, change when it boots.
 */
const SCRIPT = String.raw`
set -u; export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
find /etc /opt /srv /root /home /tmp /usr/local /usr/bin /usr/sbin /usr/lib/systemd /var/lib /var/spool -xdev \
  ${RESTLESS.map(path => `-path ${path} -prune`).join(' -o ')} -o -path '/tmp/systemd-private-*' -prune -o \
  -printf 'path %y %m %u:%g %p %l\n' -type f -fprint0 /run/e2e-files
xargs -0 sha256sum </run/e2e-files | sed 's/^/file /'; rm -f /run/e2e-files
find /var/log -maxdepth 1 -type d -printf 'log folder %p\n'
find /run -maxdepth 2 -path /run/systemd -prune -o -path /run/user -prune -o -path /run/udev -prune -o -path /run/log -prune -o \
  -path /run/credentials -prune -o -path /run/sudo -prune -o -printf 'run %y %p\n'
find /sys/fs/cgroup -type d \( -name '*kube*' -o -name '*containerd*' \) -printf 'group %p\n' 2>/dev/null
units() { systemctl "$@" --no-legend --no-pager || systemctl "$@" --no-legend --no-pager || kill $$; }
units list-unit-files | awk '$1 !~ /^session-/ {print "unit file", $1, $2}'
units list-units --all --plain | awk '$3 != "inactive" && $1 !~ /^(session-|user|run-|init.scope|.*\.device$|run-user|sys-|systemd-(hostnamed|localed|timedated|fsckd|tmpfiles-clean)|ssh@)/ {print "unit", $1, $2, $3}'
awk '{n = 0; for (i = 1; i <= NF; i++) if ($i == "-") n = i; if ($5 !~ "^/run/(user|credentials)") print "mount", $5, $(n + 1)}' /proc/self/mountinfo
${ADDRESSES_SETTLED}
ip -o link | sed 's/^[0-9]*: /link /; s/ link-netnsid [0-9]*//; s/ qlen [0-9]*//; s/@if[0-9]*:/@if:/'
ip -o address | awk '{print "address", $2, $3, $4}'
ip -4 route show table all | sed 's/^/route /'; ip -6 route show table all | sed 's/ expires [0-9]*sec//; s/^/route6 /'
ip rule | sed 's/^/rule /'; ip -6 rule | sed 's/^/rule6 /'
nft -s list ruleset | sed 's/^/nft /'
for family in ip ip6; do sed "s/^/legacy $family table /" /proc/net/${'$'}{family}_tables_names 2>/dev/null; done
sysctl -a 2>/dev/null | grep -E '^(net\.|kernel\.(panic|panic_on_oops|keys\.root_max.*) |vm\.(overcommit_memory|panic_on_oom|max_map_count) )' \
  | grep -vE '^net\.(netfilter\.nf_conntrack_count|ipv4\.tcp_fastopen_key|ipv6\.conf\.[^.]*\.stable_secret|ipv4\.route\.|core\.flow_limit)' | sed 's/^/sysctl /'
ps -eo user:20=,comm= | awk '$2 !~ /^(sh|bash|ps|awk|sshd|sudo|sed|sort|\(sd-pam\)|systemd|systemd-hostnam|systemd-timedat|systemd-fsckd|xargs|kworker\/.*|ssh|dbus-daemon)$/ {print "process", $1, $2}'
`

export type Snapshot = ReadonlySet<string>

/** All that a careful guest must leave as it found it. */
export async function snapshot({must}: Pick<TestLab, 'must'>, machine: string): Promise<Snapshot> {
  return new Set((await must(machine, 'sudo sh', SCRIPT)).split('\n'))
}

export interface Explained {
  readonly line: RegExp
  readonly because: string
}

/** Lines that only one of the two has, with a sign, without those that have an explanation. */
export function differences(
  before: Snapshot,
  after: Snapshot,
  explained: readonly Explained[] = [],
): readonly string[] {
  const gone = [...before].filter(line => !after.has(line)).map(line => `- ${line}`)
  const come = [...after].filter(line => !before.has(line)).map(line => `+ ${line}`)
  return [...gone, ...come].filter(line => !explained.some(one => one.line.test(line))).sort()
}
