import {createHmac, timingSafeEqual} from 'node:crypto'

/** One readable line of a known_hosts file. */
export interface KnownKey {
  readonly revoked: boolean
  /** The first field as written: comma-separated patterns or one hashed name. */
  readonly names: string
  readonly type: string
  readonly key: Buffer
  readonly file: string
  readonly line: number
}

const KEY_LINE = /^(?:@(\S+)\s+)?(\S+)\s+([\w@.-]+)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/

/** Reads a known_hosts file; lines it cannot read, comments and certificate authorities (ssh2 has no host certificates) are left out. */
export const parseKnownHosts = (text: string, file: string): readonly KnownKey[] =>
  text.split('\n').flatMap((raw, i) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return []
    const match = KEY_LINE.exec(line)
    if (match === null) return []
    const [, marker, names, type, key] = match
    if (names === undefined || type === undefined || key === undefined) return []
    if (marker !== undefined && marker !== 'revoked') return []
    return [{revoked: marker === 'revoked', names, type, key: Buffer.from(key, 'base64'), file, line: i + 1}]
  })

/** How known_hosts names a machine: the bare name on port 22, else `[name]:port`. Names are compared in lower case, as ssh does. */
export const knownHostsName = (address: string, port: number): string =>
  port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${String(port)}`

/** The keys on file for a name made by `knownHostsName`. */
export const keysFor = (known: readonly KnownKey[], name: string): readonly KnownKey[] =>
  known.filter(({names}) => matches(names, name))

const matches = (names: string, name: string): boolean => {
  if (names.startsWith('|1|')) return matchesHashed(names, name)
  const patterns = names.split(',')
  if (patterns.some(p => p.startsWith('!') && glob(p.slice(1), name))) return false
  return patterns.some(p => !p.startsWith('!') && glob(p, name))
}

const matchesHashed = (names: string, name: string): boolean => {
  const [, , salt, hash] = names.split('|')
  if (salt === undefined || hash === undefined) return false
  const wanted = Buffer.from(hash, 'base64')
  const made = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return wanted.length === made.length && timingSafeEqual(wanted, made)
}

/** `*` and `?`, and nothing else is special: `[` is how a name with a port begins. */
const glob = (pattern: string, name: string): boolean => {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.')
  return new RegExp(`^${source}$`, 's').test(name)
}

/** The line that stores a key. */
export const knownHostsLine = (name: string, type: string, key: Buffer): string =>
  `${name} ${type} ${key.toString('base64')}`
