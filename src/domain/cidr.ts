/** An IPv4 or IPv6 address as a number of 32 or 128 bits. */
export interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

/** A range of addresses; `network` is its first one, `address` is what was written before the slash. */
export interface Cidr {
  readonly family: 4 | 6
  readonly address: bigint
  readonly network: bigint
  readonly prefix: number
}

const BITS = {4: 32, 6: 128} as const

/** Strict as Go's netip: no leading zeros, no zone; undefined for what is no address. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const value = parseIpv4(text)
    return value === undefined ? undefined : {family: 4, value}
  }
  const value = parseIpv6(text)
  return value === undefined ? undefined : {family: 6, value}
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0n
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    value = (value << 8n) | BigInt(part)
  }
  return value
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(half => groupsOf(half))
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === 8 ? joinGroups(head) : undefined
  if (tail === undefined || head.length + tail.length > 7) return undefined
  const zeros = Array.from({length: 8 - head.length - tail.length}, () => 0n)
  return joinGroups([...head, ...zeros, ...tail])
}

function groupsOf(half: string): readonly bigint[] | undefined {
  if (half === '') return []
  const groups: bigint[] = []
  const parts = half.split(':')
  for (const [i, part] of parts.entries()) {
    if (/^[\da-f]{1,4}$/i.test(part)) {
      groups.push(BigInt(`0x${part}`))
      continue
    }
    const embedded = i === parts.length - 1 ? parseIpv4(part) : undefined
    if (embedded === undefined) return undefined
    groups.push(embedded >> 16n, embedded & 0xffffn)
  }
  return groups
}

const joinGroups = (groups: readonly bigint[]): bigint => groups.reduce((value, group) => (value << 16n) | group, 0n)

/** The canonical text: dotted for IPv4, RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  if (address.family === 4) return [24n, 16n, 8n, 0n].map(shift => String((address.value >> shift) & 0xffn)).join('.')
  const groups = Array.from({length: 8}, (_, i) => ((address.value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
  const zeros = longestZeroRun(groups)
  if (zeros.length < 2) return groups.join(':')
  return `${groups.slice(0, zeros.start).join(':')}::${groups.slice(zeros.start + zeros.length).join(':')}`
}

function longestZeroRun(groups: readonly string[]): {readonly start: number; readonly length: number} {
  let best = {start: 0, length: 0}
  let length = 0
  for (const [i, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0
    if (length > best.length) best = {start: i - length + 1, length}
  }
  return best
}

/** The address as bytes in network order: 4 or 16 of them. */
export function addressBytes(address: Address): Uint8Array {
  const size = BITS[address.family] / 8
  return Uint8Array.from({length: size}, (_, i) => Number((address.value >> BigInt(8 * (size - 1 - i))) & 0xffn))
}

export function addressFromBytes(bytes: Uint8Array): Address | undefined {
  if (bytes.length !== 4 && bytes.length !== 16) return undefined
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return {family: bytes.length === 4 ? 4 : 6, value}
}

/** One spelling for each address, so that texts can be compared; other text comes back as it is. */
export function canonicalAddress(text: string): string {
  const address = parseAddress(text)
  return address === undefined ? text : formatAddress(address)
}

export const isAddress = (text: string): boolean => parseAddress(text) !== undefined

export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text)
  const [, addressText = '', prefixText = ''] = match ?? []
  const address = parseAddress(addressText)
  const prefix = Number(prefixText)
  if (address === undefined || String(prefix) !== prefixText || prefix > BITS[address.family]) return undefined
  const hostBits = BigInt(BITS[address.family] - prefix)
  return {
    family: address.family,
    address: address.value,
    network: (address.value >> hostBits) << hostBits,
    prefix,
  }
}

/** `10.244.0.0/16`: the network, without host bits. */
export const formatCidr = (cidr: Cidr): string =>
  `${formatAddress({family: cidr.family, value: cidr.network})}/${String(cidr.prefix)}`

/** How many addresses the range has. */
export const cidrSize = (cidr: Cidr): bigint => 1n << BigInt(BITS[cidr.family] - cidr.prefix)

export const cidrContains = (cidr: Cidr, address: Address): boolean =>
  cidr.family === address.family && address.value >= cidr.network && address.value - cidr.network < cidrSize(cidr)

export const cidrsOverlap = (a: Cidr, b: Cidr): boolean =>
  cidrContains(a, {family: b.family, value: b.network}) || cidrContains(b, {family: a.family, value: a.network})

/** The address at `index` of the range (0 is the network itself); undefined when the range is too small. */
export function nthAddress(cidr: Cidr, index: number): string | undefined {
  if (BigInt(index) >= cidrSize(cidr)) return undefined
  return formatAddress({family: cidr.family, value: cidr.network + BigInt(index)})
}
