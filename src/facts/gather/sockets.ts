import type {Facts} from '../../domain/facts.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, wordsOf, type Section} from '../section.ts'

type Listening = Facts['listening']

/** `ss` and the control group of each process; without `ss`, the kernel's table, which does not name processes. */
export const listeningSection: Section<Listening> = {
  name: 'listening',
  script: sh`if command -v ss >/dev/null; then
  found=$(timeout 30 ss -Hltnp)
  printf '%s\n' "$found" | sed 's/^/ss /'
  printf '%s\n' "$found" | grep -o 'pid=[0-9]*' | sort -u | while IFS== read -r name pid; do
    while read -r group; do case $group in 0::*|*:name=systemd:*) echo "group $pid $group";; esac; done <"/proc/$pid/cgroup"
  done
else cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A" {print "proc", $2}'
fi`,
  parse(text) {
    const lines = linesOf(text)
    const units = new Map(lines.flatMap(line => unitOf(line)))
    return lines
      .filter(line => !line.startsWith('group '))
      .flatMap(line => (line.startsWith('ss ') ? fromSs(line, units) : fromProc(line)))
  },
}

/** The innermost unit of a control group: `/system.slice/nginx.service`. */
function unitOf(line: string): readonly (readonly [string, string])[] {
  const match = /^group (\d+) (.*)$/.exec(line)
  const unit = match?.[2]?.split('/').findLast(part => /\.(service|scope)$/.test(part))
  return match?.[1] === undefined || unit === undefined ? [] : [[match[1], unit]]
}

function fromSs(line: string, units: ReadonlyMap<string, string>): Listening {
  const local = wordsOf(line)[4]
  const match = local === undefined ? null : /^(.*):(\d+)$/.exec(local)
  if (match === null) return []
  const address = (match[1] ?? '').replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  const process = /users:\(\("([^"]*)"/.exec(line)?.[1] ?? ''
  const unit = units.get(/\bpid=(\d+)/.exec(line)?.[1] ?? '')
  return [{port: Number(match[2]), address: address === '*' ? '0.0.0.0' : address, process, unit}]
}

function fromProc(line: string): Listening {
  const [address = '', port = ''] = (wordsOf(line)[1] ?? '').split(':')
  if (port === '') return []
  // IPv4 is in host byte order, which is little-endian on every architecture we install on.
  const quad = (address.match(/../g) ?? []).reverse().map(byte => Number.parseInt(byte, 16))
  return [{port: Number.parseInt(port, 16), address: quad.length === 4 ? quad.join('.') : '::', process: ''}]
}

interface Resolv {
  readonly nameservers: readonly string[]
  readonly upstreams: readonly string[]
}

const nameservers = (text: string): readonly string[] =>
  linesOf(text).flatMap(line => (line.startsWith('nameserver') ? (wordsOf(line)[1] ?? []) : []))

/** systemd-resolved writes the servers it really asks beside its stub's file. */
export const resolvSection: Section<Resolv> = {
  name: 'resolv',
  script: sh`cat /etc/resolv.conf
echo
echo '# upstreams'
cat /run/systemd/resolve/resolv.conf`,
  parse(text) {
    const [own = '', resolved = ''] = text.split('# upstreams\n')
    const found = nameservers(own)
    const behind = nameservers(resolved)
    return {nameservers: found, upstreams: (behind.length > 0 ? behind : found).filter(ip => !isLoopback(ip))}
  },
}

const isLoopback = (ip: string): boolean => ip.startsWith('127.') || ip === '::1'
