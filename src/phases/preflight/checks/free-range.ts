import {cidrsOverlap, formatAddress, parseCidr, type Cidr} from '../../../domain/cidr.ts'

/** The private address ranges (RFC 1918, RFC 4193). */
export const POOLS: Readonly<Record<4 | 6, readonly string[]>> = {
  4: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  6: ['fd00::/8'],
}

const BITS = {4: 32, 6: 128} as const
/** The range of one node for its pods (node-cidr-mask-size of the controller manager). */
const NODE_PREFIX = {4: 24, 6: 64} as const
/** Room for a cluster that grows. */
const FEWEST_NODES = 16
/** Enough services for a cluster of this size; kubeadm's /12 would fill all of 172.16.0.0/12. */
const SERVICE_PREFIXES = {4: [16, 22], 6: [108, 112]} as const
/** The number of candidates of one size in a pool, counted from its end. */
const TRIES = 4096

/** The acceptable prefix lengths, the preferred size first. */
function prefixesFor(kind: 'pod' | 'service', {family, prefix}: Cidr, nodes: number): readonly number[] {
  const [from, to] =
    kind === 'service'
      ? [Math.max(prefix, SERVICE_PREFIXES[family][0]), Math.max(prefix, SERVICE_PREFIXES[family][1])]
      : [prefix, Math.max(prefix, NODE_PREFIX[family] - Math.ceil(Math.log2(Math.max(nodes * 2, FEWEST_NODES))))]
  return Array.from({length: to - from + 1}, (_, i) => from + i)
}

/** A private range for this use that overlaps no range in use, or undefined if none is left. */
export function freeRange(
  kind: 'pod' | 'service',
  wanted: Cidr,
  taken: readonly Cidr[],
  nodes: number,
): Cidr | undefined {
  const pools = POOLS[wanted.family].flatMap(text => parseCidr(text) ?? [])
  for (const prefix of prefixesFor(kind, wanted, nodes)) {
    for (const pool of pools) {
      for (const place of places(pool, prefix)) {
        if (taken.every(other => !cidrsOverlap(place, other))) return place
      }
    }
  }
  return undefined
}

/** The last ranges of this size in a pool; people usually take the first. */
function* places(pool: Cidr, prefix: number): Generator<Cidr> {
  if (prefix < pool.prefix) return
  const size = 1n << BigInt(BITS[pool.family] - prefix)
  const count = 1n << BigInt(prefix - pool.prefix)
  for (let i = count - 1n; i >= 0n && count - i <= TRIES; i--) {
    const value = pool.network + i * size
    const cidr = parseCidr(`${formatAddress({family: pool.family, value})}/${prefix}`)
    if (cidr !== undefined) yield cidr
  }
}
