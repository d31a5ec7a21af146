import {parseCidr} from '../../../domain/cidr.ts'
import {error, ok, warning, type HostCheck} from '../input.ts'

/** Interfaces that the pod network of another cluster left; their routes would capture the traffic of this cluster. */
const LEFTOVERS = /^(cni\d*|flannel[.\d]*|vxlan\.calico|cilium_\w+|weave|kube-ipvs0|kube-bridge)$/

export const leftoverLinksCheck: HostCheck = view => {
  const links = view.facts.network.interfaces.map(({name}) => name).filter(name => LEFTOVERS.test(name))
  if (links.length === 0 || view.isMember || view.isBegun) return []
  const remedy = `remove them: ${links.map(name => `sudo ip link delete ${name}`).join('; ')}, or reboot`
  return [warning('PodNetworkLeftovers', view, `interfaces of an earlier pod network: ${links.join(', ')}`, remedy)]
}

export const isLeftover = (device: string): boolean => LEFTOVERS.test(device)

export const dnsCheck: HostCheck = view => {
  const name = 'DNSUpstreams'
  const {nameservers, upstreams} = view.facts.resolv
  if (upstreams.length > 0) return [ok(name, view, upstreams.join(', '))]
  const remedy = 'set a DNS server for the interface, in netplan under nameservers'
  if (nameservers.length === 0) return [warning(name, view, 'no DNS server is configured', remedy)]
  return [
    error(
      name,
      view,
      `its only DNS server is itself (${nameservers.join(', ')}), so cluster DNS would ask itself in a loop`,
      remedy,
    ),
  ]
}

/** A proxy for the cluster's own traffic causes failures that are hard to recognize. */
export const proxyChecks: HostCheck = (view, {cluster}) => {
  const {http, https, noProxy} = view.facts.proxy
  const proxy = https ?? http
  if (proxy === undefined) return []
  const unsaid =
    cluster.source.kind === 'online' && cluster.proxy === undefined
      ? [
          warning(
            'ProxyNotInFile',
            view,
            `/etc/environment sets the proxy ${proxy} but the cluster file does not, so containerd and the kubelet will not use it`,
            'set it as proxy in kadm.yaml if registries are reached through it',
          ),
        ]
      : []
  const uncovered = [view.node.address, ...cluster.network.serviceSubnets, ...cluster.network.podSubnets].filter(
    place => !coveredBy(noProxy ?? '', place),
  )
  if (uncovered.length === 0) return [...unsaid, ok('HTTPProxy', view, `${proxy}, not for the cluster`)]
  const through = uncovered.map(place =>
    warning(
      place.includes('/') ? 'HTTPProxyCIDR' : 'HTTPProxy',
      view,
      `traffic to ${place} would go through ${proxy}`,
      `add ${place} to no_proxy in /etc/environment`,
    ),
  )
  return [...unsaid, ...through]
}

function coveredBy(noProxy: string, place: string): boolean {
  const wanted = parseCidr(place.includes('/') ? place : `${place}/${place.includes(':') ? 128 : 32}`)
  return noProxy.split(',').some(entry => {
    const text = entry.trim()
    if (text === '*' || text === place) return true
    const range = parseCidr(text)
    if (range === undefined || wanted === undefined || range.family !== wanted.family) return false
    const bits = BigInt((range.family === 4 ? 32 : 128) - range.prefix)
    return range.prefix <= wanted.prefix && wanted.network >> bits === range.network >> bits
  })
}
