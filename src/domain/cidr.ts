import ipaddr from 'ipaddr.js'

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

/** As strict as Go's netip: no leading zeros, no zone; undefined for an invalid address. */
export function parseAddress(text: string): Address | undefined {
  const isIpv4 = ipaddr.IPv4.isValidFourPartDecimal(text)
  return isIpv4 || isIpv6(text) ? addressFromBytes(Uint8Array.from(ipaddr.parse(text).toByteArray())) : undefined
}

/** The library reads an embedded `010.0.0.1` as octal, and takes zones. */
const isIpv6 = (text: string): boolean =>
  /^[\da-f:.]+$/i.test(text) &&
  ipaddr.IPv6.isValid(text) &&
  (!text.includes('.') || ipaddr.IPv4.isValidFourPartDecimal(text.slice(text.lastIndexOf(':') + 1)))

/** The canonical text: dotted for IPv4, RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  const bytes = [...addressBytes(address)]
  return address.family === 4 ? new ipaddr.IPv4(bytes).toString() : new ipaddr.IPv6(bytes).toRFC5952String()
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

/** One spelling for each address, so that texts can be compared; returns other text unchanged. */
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

/** Whether a range as text contains an address as text; false if one of them is invalid. */
export function rangeContains(range: string, address: string): boolean {
  const [cidr, parsed] = [parseCidr(range), parseAddress(address)]
  return cidr !== undefined && parsed !== undefined && cidrContains(cidr, parsed)
}

/** Ranges that the public internet does not route: private networks, carrier-grade NAT, link-local and loopback. */
const PRIVATE_RANGES = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
]

/** Whether an address is of no public network. */
export const isPrivateAddress = (address: string): boolean =>
  PRIVATE_RANGES.some(range => rangeContains(range, address))

export const cidrsOverlap = (a: Cidr, b: Cidr): boolean =>
  cidrContains(a, {family: b.family, value: b.network}) || cidrContains(b, {family: a.family, value: a.network})

/** The address at `index` of the range (0 is the network itself); undefined when the range is too small. */
export function nthAddress(cidr: Cidr, index: number): string | undefined {
  if (BigInt(index) >= cidrSize(cidr)) return undefined
  return formatAddress({family: cidr.family, value: cidr.network + BigInt(index)})
}
