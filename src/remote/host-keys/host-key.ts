import {createHash} from 'node:crypto'
import {keysFor, type KnownKey} from './known-hosts.ts'

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** The type that a public key's bytes contain: `ssh-ed25519`. */
export const keyType = (key: Buffer): string => {
  if (key.length < 4) return 'unknown'
  const length = key.readUInt32BE(0)
  return length > 64 || key.length < 4 + length ? 'unknown' : key.toString('latin1', 4, 4 + length)
}

export type HostKeyVerdict =
  | {readonly is: 'known'}
  | {readonly is: 'unknown'; readonly otherTypes: readonly string[]}
  | {readonly is: 'changed'; readonly known: readonly KnownKey[]}
  | {readonly is: 'revoked'; readonly known: readonly KnownKey[]}

/** Compares the key that a server showed with its known keys. */
export const judgeHostKey = (known: readonly KnownKey[], name: string, key: Buffer): HostKeyVerdict => {
  const mine = keysFor(known, name)
  const same = mine.filter(k => k.key.equals(key))
  const revoked = same.filter(k => k.revoked)
  if (revoked.length > 0) return {is: 'revoked', known: revoked}
  if (same.length > 0) return {is: 'known'}
  const valid = mine.filter(k => !k.revoked)
  const ofType = valid.filter(k => k.type === keyType(key))
  if (ofType.length > 0) return {is: 'changed', known: ofType}
  return {is: 'unknown', otherTypes: [...new Set(valid.map(k => k.type))]}
}

/** Host key algorithms in the order ssh2 should ask for them; each belongs to one key type. */
const ALGORITHMS = [
  {type: 'ssh-ed25519', algorithms: ['ssh-ed25519']},
  {type: 'ecdsa-sha2-nistp256', algorithms: ['ecdsa-sha2-nistp256']},
  {type: 'ecdsa-sha2-nistp384', algorithms: ['ecdsa-sha2-nistp384']},
  {type: 'ecdsa-sha2-nistp521', algorithms: ['ecdsa-sha2-nistp521']},
  {type: 'ssh-rsa', algorithms: ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']},
] as const

/** The preferred key of a machine: of the type that ssh2 requests first. */
export const bestHostKey = <K extends {readonly type: string}>(keys: readonly K[]): K | undefined =>
  ALGORITHMS.map(({type}) => keys.find(key => key.type === type)).find(key => key !== undefined)

export type HostKeyAlgorithm = (typeof ALGORITHMS)[number]['algorithms'][number]

/** Types with a known key come first, so that a server with several keys shows the one that kadm can compare; `without` excludes types. */
export const hostKeyAlgorithms = (
  knownTypes: readonly string[],
  without: readonly string[] = [],
): readonly HostKeyAlgorithm[] => {
  const usable = ALGORITHMS.filter(a => !without.includes(a.type))
  const first = usable.filter(a => knownTypes.includes(a.type))
  const rest = usable.filter(a => !knownTypes.includes(a.type))
  return [...first, ...rest].flatMap(a => a.algorithms)
}

/** The types on file for a name. */
export const knownTypes = (known: readonly KnownKey[], name: string): readonly string[] =>
  keysFor(known, name)
    .filter(k => !k.revoked)
    .map(k => k.type)
