import {isAddress, parseAddress} from '../../domain/cidr.ts'
import type {HostSpec, Role, SshTarget} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'

/** What is wrong with an address to reach a machine at: an IP address, a DNS name or an alias of the ssh configuration. */
export function addressProblem(text: string): string | undefined {
  if (text.includes(':') || /^[\d.]+$/.test(text))
    return isAddress(text) || isScoped(text) ? undefined : `'${text}' is not an IP address${octalHint(text)}`
  return text.length <= 253 && /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/.test(text)
    ? undefined
    : `'${text}' is not an address; write an IP address or a host name`
}

const octalHint = (text: string): string => (/(^|\.)0\d/.test(text) ? '; remove the leading zeros' : '')

/** `fe80::1%eth0`: an IPv6 address with the link it is on. */
const isScoped = (text: string): boolean => {
  const [, address, zone] = /^([^%]+)%([\w.~-]+)$/.exec(text) ?? []
  return address !== undefined && zone !== undefined && parseAddress(address)?.family === 6
}

/**
 * The problem of a login name. Like ssh, it accepts `@` and `\`, which directory services use, but no characters of a
 * shell.
 */
export const userProblem = (text: string): string | undefined =>
  /^[^\s\-'"`;&<>|(){}\p{Cc}](?:[^'"`;&<>|(){}\p{Cc}]*[^\s\\'"`;&<>|(){}\p{Cc}])?$/u.test(text) && text !== '\\'
    ? undefined
    : `'${text}' is not a login name`

interface Parts {
  readonly user: string | undefined
  readonly host: string
  readonly isBracketed: boolean
  readonly port: string | undefined
}

/** The last `@` ends the login name. */
function take(text: string): Parts | undefined {
  const isUri = /^ssh:\/\//i.test(text)
  const body = isUri ? text.slice('ssh://'.length).replace(/\/$/, '') : text
  const at = body.lastIndexOf('@')
  const user = at < 0 ? undefined : body.slice(0, at)
  const rest = body.slice(at + 1)
  if (!isUri && rest.includes(':') && addressProblem(plainZone(rest)) === undefined)
    return {user, host: plainZone(rest), isBracketed: false, port: undefined}
  const [, v6, name, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(rest) ?? []
  const host = v6 ?? name
  if (host === undefined || user === '') return undefined
  const parts = {user, host: plainZone(host), isBracketed: v6 !== undefined, port}
  return isUri ? decoded(parts) : parts
}

/** In URLs the sign before the zone is written `%25` (RFC 6874). */
const plainZone = (host: string): string => host.replace(/^([\da-f:.]+)%25(?=.)/i, '$1%')

/** A URI's parts are percent-encoded, and parameters that ssh ignores may follow its login name. */
function decoded(parts: Parts): Parts | undefined {
  try {
    const host = parts.host.includes(':') ? parts.host : decodeURIComponent(parts.host)
    return {
      ...parts,
      host,
      user: parts.user === undefined ? undefined : decodeURIComponent(parts.user.split(';')[0] ?? ''),
    }
  } catch {
    return undefined
  }
}

/** What is wrong with `[user@]host[:port]` or `ssh://[user@]host[:port]`; undefined when it can be parsed. */
export function targetProblem(text: string): string | undefined {
  const parts = take(text)
  if (parts === undefined) return `'${text}' is not a host; write [user@]host[:port], with an IPv6 address in brackets`
  const {user, host, isBracketed, port} = parts
  if (isBracketed && !host.includes(':')) return `'${host}' in brackets is not an IPv6 address`
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    return `port ${port} is out of range; use 1 to 65535`
  return (user === undefined ? undefined : userProblem(user)) ?? addressProblem(host)
}

/** Takes `[user@]host[:port]`, `[user@][v6]:port` and `ssh://…` apart; throws `config` for anything else. */
export function parseTarget(text: string): SshTarget {
  const problem = targetProblem(text)
  const parts = take(text)
  if (problem !== undefined || parts === undefined)
    throw new KadmError('config', problem ?? `'${text}' is not a host`, {
      hint: 'write the machine as ubuntu@10.0.0.10 or ubuntu@[fd00::10]:22',
    })
  return {
    address: parts.host,
    port: parts.port === undefined ? undefined : Number(parts.port),
    user: parts.user,
    keyFile: undefined,
    hostKey: undefined,
    jump: undefined,
  }
}

/** The inverse of `parseTarget`, for messages and files. */
export function formatTarget(target: Pick<SshTarget, 'address' | 'port' | 'user'>): string {
  const v6 = target.address.includes(':')
  const host = v6 && (target.port !== undefined || target.user !== undefined) ? `[${target.address}]` : target.address
  return `${target.user === undefined ? '' : `${target.user}@`}${host}${target.port === undefined ? '' : `:${target.port}`}`
}

/** A host of which only the address and the role are known. */
export const hostSpec = (
  role: Role,
  ssh: SshTarget | 'local',
  more: Partial<Omit<HostSpec, 'role' | 'ssh'>> = {},
): HostSpec => ({
  name: undefined,
  role,
  ssh,
  address: undefined,
  labels: {},
  taints: undefined,
  kubeletExtraArgs: [],
  netplan: undefined,
  ...more,
})
