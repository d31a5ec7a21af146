import {
  canonicalAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  rangeContains,
  nthAddress,
  cidrSize,
} from '../../../domain/cidr.ts'
import type {InterfaceFacts} from '../../../domain/facts.ts'
import type {VirtualAddress} from '../../../domain/virtual-address.ts'
import {error, ok, type HostCheck, type HostView, type SetCheck} from '../input.ts'

export const VIP_CHECK = 'VirtualAddress'

/** A virtual address works only in the network of the control planes: each of them answers for it there. */
export const vipNetworkCheck: HostCheck = (view, {cluster: {virtualAddress: vip}}) => {
  if (vip === undefined || !view.isControlPlane || view.node.address === '') return []
  const {interfaces} = view.facts.network
  const card =
    vip.networkInterface === undefined
      ? {name: view.node.networkInterface, networks: [networkOf(view, view.node.address)]}
      : namedCard(view, interfaces, vip.networkInterface)
  if (card === undefined) {
    const there = interfaces.filter(({kind}) => kind !== 'loopback').map(({name}) => name)
    const remedy = `write one that each control plane has (this one: ${there.join(', ')}), or remove interface: kadm then uses the one of the node's address`
    return [
      error(VIP_CHECK, view, `has no interface ${vip.networkInterface ?? ''}, which is to get ${vip.address}`, remedy),
    ]
  }
  const networks = card.networks.filter(network => network !== undefined)
  const own = networks.find(network => rangeContains(network, vip.address))
  if (own === undefined)
    return [outside(view, vip, `${networks.join(', ')}${card.name === '' ? '' : ` on ${card.name}`}`)]
  const special = specialIn(own, vip.address)
  if (special === undefined) return [ok(VIP_CHECK, view, `${vip.address} in ${own}`)]
  return [
    error(VIP_CHECK, view, `${vip.address} is the ${special} address of ${own}, which no machine can have`, FREE_ONE),
  ]
}

const FREE_ONE = 'write a free address of this network under loadBalancer in the file'

const outside = (view: HostView, {address}: VirtualAddress, network: string) =>
  error(
    VIP_CHECK,
    view,
    `${address} is outside the network of this control plane (${network}), so other machines would not find it here`,
    `write a free address of the network that all control planes are on; if they are on several networks, write loadBalancer: local`,
  )

/** The network of an address, as the file or the host has it. */
function networkOf({node, facts}: HostView, address: string): string | undefined {
  const asked = Object.values(node.host.netplan?.interfaces ?? {}).flatMap(({addresses}) => addresses)
  const present = facts.network.interfaces.flatMap(({addresses}) => addresses.map(a => `${a.address}/${a.prefix}`))
  const found = [...asked, ...present].find(text => canonicalAddress(text.split('/')[0] ?? '') === address)
  const cidr = parseCidr(found ?? '')
  return cidr === undefined ? undefined : formatCidr(cidr)
}

function namedCard(view: HostView, interfaces: readonly InterfaceFacts[], name: string) {
  const card = interfaces.find(one => one.name === name)
  if (card === undefined) return undefined
  const asked = view.node.host.netplan?.interfaces[name]?.addresses.map(text => text.split('/')[0] ?? '')
  const addresses = asked ?? card.addresses.map(({address}) => address)
  return {name, networks: addresses.map(address => networkOf(view, canonicalAddress(address)))}
}

/** The first and the last address of an IPv4 network belong to the network itself, except in the smallest ones (RFC 3021). */
function specialIn(network: string, address: string): 'network' | 'broadcast' | undefined {
  const cidr = parseCidr(network)
  if (cidr === undefined || parseAddress(address)?.family !== 4 || cidr.prefix >= 31) return undefined
  if (address === nthAddress(cidr, 0)) return 'network'
  return address === nthAddress(cidr, Number(cidrSize(cidr) - 1n)) ? 'broadcast' : undefined
}

/** The address belongs to all control planes, and so to no machine. */
export const vipOwnerCheck: SetCheck = (views, {cluster: {virtualAddress: vip}, existing}) => {
  if (vip === undefined) return []
  const remedy = 'write a free address in the same network under loadBalancer in the file'
  const owner = existing.find(({addresses}) => addresses.includes(vip.address))
  return [
    ...views
      .filter(({node}) => node.address === vip.address)
      .map(view => error(VIP_CHECK, view, `${vip.address} is the address of this node`, remedy)),
    ...(owner === undefined
      ? []
      : [
          {
            name: VIP_CHECK,
            severity: 'error' as const,
            hosts: [owner.name],
            message: `${vip.address} is the address of this node of the cluster`,
            remedy,
          },
        ]),
  ]
}
