import {cidrsOverlap, formatCidr, parseAddress, parseCidr, type Cidr} from '../../../domain/cidr.ts'
import {isGlobal} from '../candidates.ts'
import type {Finding} from '../finding.ts'
import {error, ok, type SetCheck, type HostView} from '../input.ts'
import {freeRange, POOLS} from './free-range.ts'
import {isLeftover} from './network-checks.ts'

interface Use {
  readonly view: HostView
  readonly range: Cidr
  readonly what: string
}

const NAME = 'NetworkRanges'

/** Compares pod and service ranges with everything that a host already reaches: its networks, its routes, its DNS servers. */
export const rangeCheck: SetCheck = (views, {cluster, existing}) => {
  const uses = views.flatMap(usesOf)
  const {podSubnets, serviceSubnets} = cluster.network
  const wanted = [
    ...podSubnets.map(text => ({text, kind: 'pod' as const, flag: '--pod-network-cidr'})),
    ...serviceSubnets.map(text => ({text, kind: 'service' as const, flag: '--service-cidr'})),
  ]
  // A range that is suggested for one use is not free for the next.
  const taken = [...uses.map(({range}) => range), ...wanted.flatMap(({text}) => parseCidr(text) ?? [])]
  const clashes = wanted.flatMap(({text, kind, flag}): readonly Finding[] => {
    const range = parseCidr(text)
    if (range === undefined) return []
    const overlapping = uses.filter(
      use => cidrsOverlap(range, use.range) && !(use.view.isMember && isWithin(use.range, range)),
    )
    if (overlapping.length === 0) return []
    const free = freeRange(kind, range, taken, views.length + existing.length)
    if (free !== undefined) taken.push(free)
    const remedy =
      free === undefined
        ? `no range of ${POOLS[range.family].join(', ')} is free on these hosts: remove a route that they do not need (ip route), and run the command again`
        : `choose another: ${flag} ${formatCidr(free)}`
    // One finding for each host: a network often appears as address, route and DNS server.
    return overlapping
      .filter(({view}, i) => overlapping.findIndex(other => other.view === view) === i)
      .map(({view, what}) => error(NAME, view, `the ${kind} range ${text} overlaps ${what}`, remedy))
  })
  const clean = views.filter(({label}) => clashes.every(({hosts}) => !hosts.includes(label)))
  return [...clashes, ...clean.map(view => ok(NAME, view, 'pod and service ranges are free'))]
}

function usesOf(view: HostView): readonly Use[] {
  const {network, resolv} = view.facts
  const own = network.interfaces.filter(({name, kind}) => kind !== 'loopback' && !isLeftover(name))
  const addresses = own.flatMap(({name, addresses: entries}) =>
    entries
      .filter(({address}) => isGlobal(address))
      .map(a => use(`${a.address}/${a.prefix}`, `${a.address}/${a.prefix} on ${name}`)),
  )
  const routes = network.routes
    .filter(({device, destination}) => !isLeftover(device) && destination !== 'default')
    .map(({destination, device}) =>
      use(destination, `its route to ${destination}${device === '' ? '' : ` by ${device}`}`),
    )
  const servers = resolv.upstreams.map(address => use(address, `its DNS server ${address}`))
  return [...addresses, ...routes, ...servers].filter(entry => entry !== undefined)

  function use(text: string, what: string): Use | undefined {
    const address = parseAddress(text)
    const range = parseCidr(address === undefined ? text : `${text}/${address.family === 4 ? 32 : 128}`)
    // A default route in two halves (VPNs: 0.0.0.0/1) reaches everything, so it does not count as an overlap.
    if (range === undefined || range.prefix < 2 || !isGlobal(formatCidr(range).split('/')[0] ?? '')) return undefined
    return {view, range, what}
  }
}

const isWithin = (inner: Cidr, outer: Cidr): boolean => inner.prefix >= outer.prefix && cidrsOverlap(inner, outer)
