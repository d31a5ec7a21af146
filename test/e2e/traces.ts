import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'

const output = (program: string, ...args: readonly string[]): string => {
  try {
    return execFileSync(program, args, {stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26}).toString()
  } catch {
    return ''
  }
}

/** Lines of the user's machine in which one of the words stands: mounts, groups, links, processes, folders of nspawn. */
export function tracesOf(...words: readonly string[]): readonly string[] {
  const places = [
    readFileSync('/proc/self/mountinfo', 'utf8'),
    output('find', '/sys/fs/cgroup', '-type', 'd'),
    output('ip', '-o', 'link'),
    output('ip', 'route', 'show', 'table', 'all'),
    output('find', '/run/systemd/nspawn', '/run/netns', '/run/systemd/machines'),
    processes(),
  ]
  return places.flatMap(text => text.split('\n')).filter(line => words.some(word => line.includes(word)))
}

const processes = (): string =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && name !== String(process.pid))
    .map(pid => commandLine(pid))
    .join('\n')

function commandLine(pid: string): string {
  try {
    return `process ${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`
  } catch {
    return ''
  }
}

const SETTINGS = [
  'kernel.panic',
  'kernel.panic_on_oops',
  'kernel.keys.root_maxkeys',
  'kernel.keys.root_maxbytes',
  'kernel.pid_max',
  'vm.overcommit_memory',
  'vm.panic_on_oom',
  'vm.max_map_count',
  'net.ipv4.ip_forward',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv6.conf.all.forwarding',
  'net.bridge.bridge-nf-call-iptables',
]

/** What a lab must never change: settings of the kernel, firewall rules. */
export const userSettings = (): Readonly<Record<string, string>> => ({
  sysctls: SETTINGS.map(name => output('sysctl', name)).join(''),
  firewall: output('nft', 'list', 'ruleset'),
  legacyFirewall: output('iptables-save').replaceAll(/^#.*$|\[\d+:\d+\]/gm, ''),
})
