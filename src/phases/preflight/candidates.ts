import {formatCidr, parseAddress, parseCidr} from '../../domain/cidr.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import type {Facts, InterfaceFacts} from '../../domain/facts.ts'

/** A host before its node name and address are known. */
export interface Chooser {
  readonly spec: HostSpec
  readonly facts: Facts
}

/** A possible address of a node. */
export interface AddressCandidate {
  readonly address: string
  readonly networkInterface: string
  /** The range it is in, `192.168.56.0/24`. */
  readonly subnet: string
}

/** Interfaces that container software creates; a node is never reached at one of their addresses. */
const MADE_FOR_CONTAINERS =
  /^(docker|cni|flannel|virbr|br-[0-9a-f]{12}|lxcbr|lxdbr|veth|cali|cilium|lxc|kube-|nodelocaldns|weave|vxlan|podman|tunl|dummy)/

function mayCarryNode(link: InterfaceFacts, facts: Facts): boolean {
  if (!link.up || MADE_FOR_CONTAINERS.test(link.name)) return false
  // A bridge that an administrator created carries the default route; one that software created does not.
  return link.kind === 'physical' || (link.kind === 'bridge' && facts.network.defaultRoute?.device === link.name)
}

const NEVER = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '0.0.0.0/8', '::1/128', 'fe80::/10', 'ff00::/8']

/** Other machines can use it: not loopback, link-local or multicast. */
export function isGlobal(text: string): boolean {
  const address = parseAddress(text)
  return address !== undefined && NEVER.every(range => !isIn(text, range))
}

export function isIn(text: string, range: string): boolean {
  const [address, cidr] = [parseAddress(text), parseCidr(range)]
  if (address === undefined || cidr === undefined || address.family !== cidr.family) return false
  const of = parseCidr(`${text}/${cidr.prefix}`)
  return of?.network === cidr.network
}

/** A /32 next to other addresses is a virtual one that moves between hosts (keepalived, kube-vip), unless DHCP gave it. */
function isVirtual(link: InterfaceFacts, entry: InterfaceFacts['addresses'][number], facts: Facts): boolean {
  if (entry.secondary) return true
  const isSingle = entry.prefix === (entry.family === 4 ? 32 : 128)
  const isOnlyOne =
    link.addresses.filter(({address, family}) => family === entry.family && isGlobal(address)).length < 2
  return isSingle && !entry.dynamic && !isOnlyOne && facts.network.defaultRoute?.source !== entry.address
}

/** VirtualBox's and qemu's user network leases every guest the same 10.0.2.15 behind its own 10.0.2.2, which may not be reachable. */
export const isUserNat = (address: string, {network}: Pick<Facts, 'network'>): boolean =>
  isIn(address, '10.0.2.0/24') &&
  (network.routes.some(({gateway}) => gateway === '10.0.2.2') || isLeased(address, network))

const isLeased = (text: string, {interfaces}: Facts['network']): boolean =>
  interfaces.some(({addresses}) => addresses.some(({address, dynamic}) => dynamic && address === text))

/** The addresses that the host will have: those of the file, and the current ones of the other interfaces, in the order of the interfaces. */
export function candidatesOf({spec, facts}: Chooser, family: 4 | 6): readonly AddressCandidate[] {
  const interfaces = spec.netplan?.interfaces ?? {}
  const present = facts.network.interfaces
    .filter(link => mayCarryNode(link, facts) && interfaces[link.name] === undefined)
    .flatMap(link =>
      link.addresses
        .filter(entry => entry.family === family && isGlobal(entry.address) && !isVirtual(link, entry, facts))
        .map(({address, prefix}) => candidate(link.name, `${address}/${prefix}`)),
    )
  const asked = Object.entries(interfaces).flatMap(([name, {addresses}]) =>
    addresses.filter(text => parseCidr(text)?.family === family).map(text => candidate(name, text)),
  )
  return [...asked, ...present.filter(({address}) => asked.every(other => other.address !== address))]
}

function candidate(networkInterface: string, text: string): AddressCandidate {
  const [address = ''] = text.split('/')
  const cidr = parseCidr(text)
  return {address, networkInterface, subnet: cidr === undefined ? text : formatCidr(cidr)}
}
