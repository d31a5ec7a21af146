import {type Cidr, cidrContains, cidrSize, cidrsOverlap, parseAddress, parseCidr} from '../../domain/cidr.ts'
import type {Arg} from '../../domain/cluster.ts'
import type {Place, Located, Report} from '../documents/finding.ts'

/** A range with its place, or the place of the default. */
export interface PlacedRange {
  readonly text: string
  readonly cidr: Cidr
  readonly what: 'pod range' | 'service range'
  readonly place: Place
  readonly isDefault: boolean
}

/** The valid ranges of one setting; the check of the document's shape already reported the invalid ones. */
export function placedRanges(
  what: PlacedRange['what'],
  said: Located<readonly string[]> | undefined,
  defaults: readonly string[],
  fallback: Place,
): readonly PlacedRange[] {
  return (said?.value ?? defaults).flatMap(text => {
    const cidr = parseCidr(text)
    return cidr === undefined ? [] : [{text, cidr, what, place: said?.place ?? fallback, isDefault: said === undefined}]
  })
}

const BITS = {4: 32, 6: 128} as const
const SITE_LOCAL = parseCidr('fec0::/10')

/** kubeadm's rules for the ranges (validation.go), and that no two of them overlap, which kubeadm does not check. */
export function checkRanges(
  pods: readonly PlacedRange[],
  services: readonly PlacedRange[],
  controllerArgs: readonly Arg[],
  report: Report,
): void {
  for (const ranges of [pods, services]) checkFamilies(ranges, report)
  for (const range of services) checkServiceSize(range, report)
  for (const range of pods) checkPodSize(range, controllerArgs, report)
  for (const range of [...pods, ...services]) {
    if (SITE_LOCAL !== undefined && cidrsOverlap(SITE_LOCAL, range.cidr))
      report({
        severity: 'warning',
        place: range.place,
        message: `${range.text} is in the deprecated site-local range fec0::/10`,
      })
  }
  for (const pod of pods) for (const service of services) checkOverlap(pod, service, report)
  checkFirstFamilies(pods[0], services[0], report)
}

function checkFamilies(ranges: readonly PlacedRange[], report: Report): void {
  const [first, second, third] = ranges
  if (first === undefined || second === undefined) return
  const fits = third === undefined && first.cidr.family !== second.cidr.family
  const message = `must be one range, or one IPv4 range and one IPv6 range, not ${ranges.map(({text}) => text).join(',')}`
  if (!fits) report({severity: 'error', place: first.place, message})
}

function checkFirstFamilies(pod: PlacedRange | undefined, service: PlacedRange | undefined, report: Report): void {
  if (pod === undefined || service === undefined || pod.cidr.family === service.cidr.family) return
  const said = service.isDefault ? pod : service
  const other = said === service ? pod : service
  const message = `${said.text} is IPv${said.cidr.family}, but the ${named(other)} is IPv${other.cidr.family}; list the same family first in both`
  report({severity: 'error', place: said.place, message})
}

const named = (range: PlacedRange): string => `${range.what} ${range.text}${range.isDefault ? ' (the default)' : ''}`

function checkServiceSize(range: PlacedRange, report: Report): void {
  const {cidr} = range
  const [largest, smallest] = cidr.family === 4 ? [12, 28] : [108, 124]
  const form = `use a service range from /${largest} to /${smallest} (IPv${cidr.family})`
  if (cidr.prefix < largest)
    report({severity: 'error', place: range.place, message: `${range.text} is too large; ${form}`})
  if (cidrSize(cidr) < 10n)
    report({severity: 'error', place: range.place, message: `${range.text} is too small; ${form}`})
}

function checkPodSize(range: PlacedRange, controllerArgs: readonly Arg[], report: Report): void {
  const problem = podSizeProblem(range.cidr, controllerArgs)
  if (problem !== undefined) report({severity: 'error', place: range.place, message: `${range.text} ${problem}`})
}

function podSizeProblem(cidr: Cidr, controllerArgs: readonly Arg[]): string | undefined {
  if (cidrSize(cidr) < 14n) return 'is too small; use a pod range of at least 14 addresses'
  if (lastValue(controllerArgs, 'allocate-node-cidrs') === 'false') return undefined
  const mask = nodeMask(cidr.family, controllerArgs)
  if (cidr.prefix > mask) return `is too small; each node takes a /${mask} of it, so use /${mask - 8} or a larger range`
  return mask - cidr.prefix > 16
    ? `is too large; each node takes a /${mask} of it and Kubernetes allows 65536 such parts, so use /${mask - 16} or a smaller range`
    : undefined
}

function nodeMask(family: 4 | 6, args: readonly Arg[]): number {
  const mask = Number(lastValue(args, `node-cidr-mask-size-ipv${family}`))
  return Number.isInteger(mask) && mask > 0 && mask <= BITS[family] ? mask : {4: 24, 6: 64}[family]
}

const lastValue = (args: readonly Arg[], name: string): string | undefined =>
  args.findLast(arg => arg.name === name)?.value

function checkOverlap(pod: PlacedRange, service: PlacedRange, report: Report): void {
  if (!cidrsOverlap(pod.cidr, service.cidr)) return
  const [said, other] = service.isDefault ? [pod, service] : [service, pod]
  report({severity: 'error', place: said.place, message: `${said.text} overlaps the ${named(other)}`})
}

/** The cluster cannot reach a machine whose address is inside one of the cluster's own ranges. */
export function checkOutside(address: string, place: Place, ranges: readonly PlacedRange[], report: Report): void {
  const parsed = parseAddress(address)
  if (parsed === undefined) return
  for (const range of ranges) {
    if (!cidrContains(range.cidr, parsed)) continue
    report({severity: 'error', place, message: `${address} is in the ${named(range)}; choose another range`})
  }
}
