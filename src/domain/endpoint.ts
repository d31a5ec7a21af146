import {nthAddress, parseAddress, parseCidr} from './cidr.ts'
import type {Cluster, Node} from './cluster.ts'
import {balancerOf} from './load-balancer.ts'

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** `10.0.0.1:6443`, `[fd00::1]:6443`. */
export const hostPort = (host: string, port: number): string =>
  `${parseAddress(host)?.family === 6 ? `[${host}]` : host}:${String(port)}`

/** Takes `host`, `host:port` and `[v6]:port` apart; a bare IPv6 address is a host. */
export function splitHostPort(text: string, defaultPort: number): HostPort {
  if (parseAddress(text) !== undefined) return {host: text, port: defaultPort}
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text)
  const [, bracketed, plain, port] = match ?? []
  return {host: bracketed ?? plain ?? text, port: port === undefined ? defaultPort : Number(port)}
}

/** The API server of this very node; what its own components use, whatever the control-plane endpoint is. */
export const localServer = (cluster: Cluster, node: Node): string =>
  `https://${hostPort(node.address, cluster.apiPort)}`

/** The API for clients: the control-plane endpoint, else the given control-plane node's own server. */
export function endpointServer(cluster: Cluster, controlPlane: Node): string {
  if (cluster.controlPlaneEndpoint === undefined) return localServer(cluster, controlPlane)
  const {host, port} = splitHostPort(cluster.controlPlaneEndpoint, cluster.apiPort)
  return `https://${hostPort(host, port)}`
}

/**
 * The API for people, and for machines that are not nodes yet: as `endpointServer`, but never a name that only nodes
 * resolve.
 */
export const publicServer = (cluster: Cluster, controlPlane: Node): string =>
  balancerOf(cluster) === undefined ? endpointServer(cluster, controlPlane) : localServer(cluster, controlPlane)

/** The virtual address of a cluster whose endpoint is a name has its own place in certificates and in NO_PROXY. */
export function vipBesideEndpoint({
  controlPlaneEndpoint,
  virtualAddress,
}: Pick<Cluster, 'controlPlaneEndpoint' | 'virtualAddress'>): readonly string[] {
  if (virtualAddress === undefined) return []
  const {host} = splitHostPort(controlPlaneEndpoint ?? '', 0)
  return host === virtualAddress.address ? [] : [virtualAddress.address]
}

/** The address of the `kubernetes` service: the second of the first service range. */
export const apiServiceAddress = (cluster: Cluster): string => serviceAddress(cluster, 1)

/** The address of the DNS service: the eleventh of the first service range. */
export const dnsServiceAddress = (cluster: Cluster): string => serviceAddress(cluster, 10)

function serviceAddress(cluster: Cluster, index: number): string {
  const [first = ''] = cluster.network.serviceSubnets
  const range = parseCidr(first)
  const address = range === undefined ? undefined : nthAddress(range, index)
  if (address === undefined) throw new Error(`service range '${first}' has no address ${String(index)}`)
  return address
}

/** 127.0.0.1, or ::1 for a node whose address is IPv6. */
export const loopback = (node: Node): string => (parseAddress(node.address)?.family === 6 ? '::1' : '127.0.0.1')
