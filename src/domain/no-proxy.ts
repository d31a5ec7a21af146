import {formatCidr, isPrivateAddress, parseAddress, parseCidr, rangeContains} from './cidr.ts'
import type {Cluster, Node} from './cluster.ts'
import {splitHostPort, vipBesideEndpoint} from './endpoint.ts'
import type {Facts} from './facts.ts'

/** Who asks, and what it has to reach without a proxy. */
export interface ProxyView {
  readonly cluster: Cluster
  readonly node: Node
  readonly nodes: readonly Node[]
  readonly facts: Pick<Facts, 'network'>
  readonly endpoint: string | undefined
}

/** The environment of a program that uses the cluster's proxy; empty when no proxy is configured. */
export function proxyEnvironment(view: ProxyView): Readonly<Record<string, string>> {
  const {proxy} = view.cluster
  if (proxy === undefined) return {}
  return {
    ...(proxy.http === undefined ? {} : {HTTP_PROXY: proxy.http}),
    ...(proxy.https === undefined ? {} : {HTTPS_PROXY: proxy.https}),
    NO_PROXY: noProxy(view).join(','),
  }
}

/**
 * Everything that is inside. The network of the node's own card stands for the nodes on it, so that the list does not change with
 * every node that joins; nodes elsewhere are named.
 */
export function noProxy({cluster, node, nodes, facts, endpoint}: ProxyView): readonly string[] {
  const {podSubnets, serviceSubnets, dnsDomain} = cluster.network
  const own = ownNetwork(node, facts)
  const isNear = (address: string): boolean => own !== undefined && rangeContains(own, address)
  const endpoints = [
    ...[endpoint ?? '', `https://${cluster.controlPlaneEndpoint ?? ''}`].map(hostOf),
    ...vipBesideEndpoint(cluster),
  ]
  const inside = [...nodes.map(({address}) => address).toSorted(), ...endpoints, ...mirrorHosts(cluster)]
  return [
    ...new Set(
      [
        ...['localhost', '127.0.0.1', '::1'],
        ...(own === undefined ? [node.address] : [own]),
        ...inside.filter(place => !isNear(place)),
        ...[...podSubnets, ...serviceSubnets, '.svc', `.${dnsDomain}`],
        ...(cluster.proxy?.noProxy ?? []),
      ].filter(entry => entry !== ''),
    ),
  ]
}

/** Host names that apt must not ask the proxy for: it knows no ranges, so addresses of mirrors are named one by one. */
export const directHosts = ({cluster}: Pick<ProxyView, 'cluster'>): readonly string[] => [
  ...new Set([
    ...mirrorHosts(cluster),
    ...(cluster.proxy?.noProxy ?? []).filter(entry => !entry.includes('/') && !entry.startsWith('.')).map(hostAlone),
  ]),
]

const hostAlone = (entry: string): string => splitHostPort(entry, 0).host

function ownNetwork(node: Node, {network}: Pick<Facts, 'network'>): string | undefined {
  const found = network.interfaces.flatMap(({addresses}) => addresses).find(({address}) => address === node.address)
  const cidr = found === undefined ? undefined : parseCidr(`${found.address}/${String(found.prefix)}`)
  return cidr === undefined ? undefined : formatCidr(cidr)
}

/** Mirrors that this file names, as far as they are inside: addresses of private networks, and names that no public server has. */
function mirrorHosts({source}: Cluster): readonly string[] {
  if (source.kind !== 'online') return []
  const {packages, archives, images = []} = source
  return [packages?.url, archives?.url, ...images.map(({url}) => url)].flatMap(url => {
    const host = hostOf(url ?? '')
    return host !== '' && isInside(host) ? [host] : []
  })
}

const hostOf = (url: string): string => (URL.parse(url)?.hostname ?? '').replace(/^\[(.*)\]$/, '$1')

const isInside = (host: string): boolean =>
  parseAddress(host) === undefined
    ? !host.includes('.') || /\.(local|internal|intranet|lan|corp|home|private|home\.arpa|test)$/i.test(host)
    : isPrivateAddress(host)
