import {isAddress, parseAddress} from '../domain/cidr.ts'
import type {HostSpec, Role, SshTarget} from '../domain/cluster.ts'
import {KadmError} from '../domain/errors.ts'

const FORM = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:@[\]]+))(?::(\d{1,5}))?$/

/** What is wrong with an address to reach a machine at: an IP address, a DNS name or an alias of the ssh configuration. */
export function addressProblem(text: string): string | undefined {
  if (text.includes(':') || /^[\d.]+$/.test(text))
    return isAddress(text) ? undefined : `'${text}' is no IP address${octalHint(text)}`
  return text.length <= 253 && /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/.test(text)
    ? undefined
    : `'${text}' is no address; write an IP address or a host name`
}

const octalHint = (text: string): string => (/(^|\.)0\d/.test(text) ? '; write its numbers without leading zeros' : '')

export const userProblem = (text: string): string | undefined =>
  /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) ? undefined : `'${text}' is no login name`

/** What is wrong with `[user@]host[:port]`; undefined when it can be parsed. */
export function targetProblem(text: string): string | undefined {
  if (isAddress(text)) return undefined
  const [, user, v6, name, port] = FORM.exec(text) ?? []
  const host = v6 ?? name
  if (host === undefined) return `'${text}' is no host; write [user@]host[:port], with an IPv6 address in brackets`
  if (v6 !== undefined && parseAddress(v6)?.family !== 6) return `'${v6}' in brackets is no IPv6 address`
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return `port ${port} is not from 1 to 65535`
  return (user === undefined ? undefined : userProblem(user)) ?? addressProblem(host)
}

/** Takes `[user@]host[:port]` and `[user@][v6]:port` apart; throws `config` for anything else. */
export function parseTarget(text: string): SshTarget {
  const problem = targetProblem(text)
  if (problem !== undefined)
    throw new KadmError('config', problem, {hint: 'name the machine as in ubuntu@10.0.0.10 or ubuntu@[fd00::10]:22'})
  const [, user, v6, name, port] = isAddress(text) ? [text, undefined, undefined, text] : (FORM.exec(text) ?? [])
  return {
    address: v6 ?? name ?? text,
    port: port === undefined ? undefined : Number(port),
    user,
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

/** A host of which only its place and role are known. */
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
