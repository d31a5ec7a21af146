import {cidrsOverlap, formatCidr, nthAddress, parseAddress, parseCidr, type Cidr} from '../../domain/cidr.ts'
import type {Cluster} from '../../domain/cluster.ts'
import {isGlobal} from './candidates.ts'
import type {Finding} from './finding.ts'
import {error, ok, type SetCheck, type View} from './input.ts'
import {isLeftover} from './network-checks.ts'

interface Use {
  readonly view: View
  readonly range: Cidr
  readonly what: string
}

const NAME = 'NetworkRanges'

/** Pod and service ranges against everything that a host reaches already: its networks, its routes, its DNS servers. */
export const rangeCheck: SetCheck = (views, {cluster}) => {
  const uses = views.flatMap(usesOf)
  const {podSubnets, serviceSubnets} = cluster.network
  const wanted = [
    ...podSubnets.map(text => ({text, kind: 'pod', flag: '--pod-network-cidr'})),
    ...serviceSubnets.map(text => ({text, kind: 'service', flag: '--service-cidr'})),
  ]
  const clashes = wanted.flatMap(({text, kind, flag}): readonly Finding[] => {
    const range = parseCidr(text)
    if (range === undefined) return []
    const overlapping = uses.filter(
      use => cidrsOverlap(range, use.range) && !(use.view.isMember && isWithin(use.range, range)),
    )
    // One proof a host: a network often shows as address, route and DNS server.
    return overlapping
      .filter(({view}, i) => overlapping.findIndex(other => other.view === view) === i)
      .map(({view, what}) => {
        const free = suggestion(range, uses, cluster)
        return error(NAME, view, `the ${kind} range ${text} overlaps ${what}`, `choose another: ${flag} ${free}`)
      })
  })
  const clean = views.filter(({label}) => clashes.every(({hosts}) => !hosts.includes(label)))
  return [...clashes, ...clean.map(view => ok(NAME, view, 'pod and service ranges are free'))]
}

function usesOf(view: View): readonly Use[] {
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
    // A default route in disguise (VPNs: 0.0.0.0/1) reaches everything and so says nothing.
    if (range === undefined || range.prefix < 2 || !isGlobal(formatCidr(range).split('/')[0] ?? '')) return undefined
    return {view, range, what}
  }
}

const isWithin = (inner: Cidr, outer: Cidr): boolean => inner.prefix >= outer.prefix && cidrsOverlap(inner, outer)

const POOL = ['10.0.0.0/8', 'fd00::/8'] as const

/** A range of the same size that nothing on any host uses. */
function suggestion(range: Cidr, uses: readonly Use[], {network}: Cluster): string {
  const taken = [
    ...uses.map(use => use.range),
    ...[...network.podSubnets, ...network.serviceSubnets].flatMap(t => parseCidr(t) ?? []),
  ]
  const pool = parseCidr(range.family === 4 ? POOL[0] : POOL[1])
  const size = 2 ** ((range.family === 4 ? 32 : 128) - range.prefix)
  for (let step = 255; pool !== undefined && step > 0; step--) {
    const start = nthAddress(pool, step * Math.max(size, 65536))
    const cidr = start === undefined ? undefined : parseCidr(`${start}/${range.prefix}`)
    if (cidr !== undefined && taken.every(other => !cidrsOverlap(cidr, other))) return formatCidr(cidr)
  }
  return 'RANGE'
}
