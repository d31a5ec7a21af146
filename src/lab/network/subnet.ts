/** Pure: which /24 a new lab takes. Ranges are compared as numbers; only IPv4 is used between lab machines. */
interface Range {
  readonly first: number
  readonly last: number
}

const CANDIDATES: readonly string[] = [
  ...Array.from({length: 256}, (_, i) => `10.77.${String(i)}.0/24`),
  ...Array.from({length: 100}, (_, i) => `192.168.${String(i + 100)}.0/24`),
]

const asNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

/** `10.0.0.0/8`, or a bare address as `ip route` prints a host route. */
function range(cidr: string): Range | undefined {
  const match = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(cidr)
  if (match?.[1] === undefined) return undefined
  const size = 2 ** (32 - Number(match[2] ?? 32))
  const first = Math.floor(asNumber(match[1]) / size) * size
  return {first, last: first + size - 1}
}

const overlap = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last

/**
 * Destinations in the output of `ip -4 route show table all`; the default route matches everything and is not a
 * conflict.
 */
export const routedRanges = (routes: string): readonly string[] =>
  routes
    .split('\n')
    .flatMap(line => line.split(/\s+/).slice(0, 2))
    .filter(word => range(word) !== undefined)

/** The first candidate that nothing in `taken` touches. */
export function chooseSubnet(taken: readonly string[]): string | undefined {
  const used = taken.map(range).filter(found => found !== undefined)
  return CANDIDATES.find(candidate => {
    const wanted = range(candidate)
    return wanted !== undefined && !used.some(one => overlap(one, wanted))
  })
}

/** The nth address of a /24. */
export const addressIn = (subnet: string, n: number): string => subnet.replace(/\.0\/24$/, `.${String(n)}`)
