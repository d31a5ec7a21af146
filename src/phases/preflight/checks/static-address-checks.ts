import {parseAddress} from '../../../domain/cidr.ts'
import type {HostNetwork} from '../../../domain/cluster.ts'
import {isIn} from '../candidates.ts'
import type {Finding} from '../finding.ts'
import {error, info, ok, warning, type HostCheck, type HostView} from '../input.ts'

const NAME = 'StaticAddress'

/** Whether kadm can set the addresses of the file; it changes nothing before that is known. */
export const staticAddressChecks: HostCheck = view => {
  const {netplan} = view.node.host
  if (netplan === undefined) return []
  const cards = Object.keys(netplan.interfaces)
  const obstacles = [
    withoutNetplan(view, cards),
    ...cards.map(card => obstacleOf(view, card)),
    cutsItself(view, netplan),
  ]
  const found = obstacles.filter(finding => finding !== undefined)
  return found.length > 0 ? found : [...stateOf(view, netplan), ...nameserverChecks(view, netplan), ...movedCheck(view)]
}

/** The program that sets addresses where netplan is missing, and what you do there. */
function withoutNetplan(view: HostView, cards: readonly string[]): Finding | undefined {
  const {commands, units} = view.facts
  if (commands.includes('netplan')) return undefined
  const isActive = (unit: string): boolean => units[unit]?.active === 'active'
  const place = isActive('systemd-networkd.service')
    ? ['systemd-networkd', 'files in /etc/systemd/network']
    : isActive('NetworkManager.service')
      ? ['NetworkManager', 'nmcli']
      : units['networking.service'] === undefined
        ? undefined
        : ['ifupdown', '/etc/network/interfaces']
  const by = place === undefined ? '' : `; ${place[0]} gives it its addresses`
  const where = place === undefined ? 'by hand' : `with ${place[1]}`
  const remedy = `give ${cards.join(', ')} the address ${where} and remove network of this host from the file, or install netplan.io`
  return error(NAME, view, `has no netplan${by}`, remedy)
}

function obstacleOf(view: HostView, card: string): Finding | undefined {
  const {interfaces, ifupdown = []} = view.facts.network
  if (interfaces.every(({name}) => name !== card)) {
    const there = interfaces.filter(({kind}) => kind === 'physical').map(({name}) => name)
    return error(NAME, view, `has no ${card}`, `under network, use an interface of this host: ${there.join(', ')}`)
  }
  if (!ifupdown.includes(card)) return undefined
  const remedy = `remove ${card} from /etc/network/interfaces (and interfaces.d), or remove network of this host from the file`
  return error(NAME, view, `${card} belongs to ifupdown, which conflicts with netplan`, remedy)
}

/** kadm cannot test a new login from the machine itself: a login session there would be cut off. */
function cutsItself(view: HostView, netplan: HostNetwork): Finding | undefined {
  const {connectedAddress, interfaces} = view.facts.network
  if (view.node.host.ssh !== 'local' || connectedAddress === undefined) return undefined
  const card = interfaces.find(({addresses}) => addresses.some(({address}) => address === connectedAddress))?.name
  const wanted = card === undefined ? undefined : netplan.interfaces[card]?.addresses
  if (card === undefined || wanted === undefined || wanted.some(address => bare(address) === connectedAddress))
    return undefined
  const remedy = `run kadm from another machine over SSH, or keep ${connectedAddress} among the addresses of ${card}`
  return error(NAME, view, `${card} would lose ${connectedAddress}, over which you are logged in`, remedy)
}

const bare = (text: string): string => text.split('/')[0] ?? text

function stateOf(view: HostView, netplan: HostNetwork): readonly Finding[] {
  return Object.entries(netplan.interfaces).map(([card, {addresses}]) => {
    const has = view.facts.network.interfaces.find(({name}) => name === card)?.addresses ?? []
    const isThere = (text: string): boolean =>
      has.some(({address, prefix, dynamic}) => !dynamic && `${address}/${prefix}` === text)
    const told = `${addresses.join(', ')} on ${card}`
    return addresses.every(isThere)
      ? ok(NAME, view, told)
      : info(NAME, view, `kadm will set ${told}`, 'kadm applies it, and the host reverts it unless a new login works')
  })
}

function nameserverChecks(view: HostView, netplan: HostNetwork): readonly Finding[] {
  const {resolvedActive, upstreams} = view.facts.resolv
  const specs = Object.entries(netplan.interfaces)
  const named = specs.filter(([, {nameservers}]) => nameservers.length > 0)
  if (named.length > 0 && !resolvedActive) {
    const remedy = `put them into /etc/resolv.conf by hand, or install systemd-resolved`
    return [warning(NAME, view, 'no systemd-resolved takes the nameservers from netplan', remedy)]
  }
  return specs.flatMap(([card, {gateway, nameservers}]) =>
    gateway === undefined || nameservers.length > 0 || upstreams.length === 0 || view.isBegun
      ? []
      : [
          warning(
            NAME,
            view,
            `${card} gets a gateway but no nameservers; those it may have now (${upstreams.join(', ')}) are lost`,
            `add nameservers to ${card} under network`,
          ),
        ],
  )
}

/** kadm found it at its static address, since the address in the file no longer reaches it. */
function movedCheck(view: HostView): readonly Finding[] {
  const {ssh, netplan} = view.node.host
  const {connectedAddress, interfaces} = view.facts.network
  if (ssh === 'local' || connectedAddress === undefined || parseAddress(ssh.address) === undefined) return []
  const own = interfaces.flatMap(({addresses}) => addresses)
  const isStatic = Object.values(netplan?.interfaces ?? {}).some(({addresses}) =>
    addresses.some(address => bare(address) === connectedAddress),
  )
  const isNeighbour = own.some(({address, prefix}) => isIn(ssh.address, `${address}/${prefix}`))
  if (!isStatic || !isNeighbour || own.some(({address}) => address === ssh.address)) return []
  const remedy = `write ${connectedAddress} in place of ${ssh.address} under ssh in the file`
  return [warning(NAME, view, `is now at ${connectedAddress}, no longer at ${ssh.address}`, remedy)]
}
