import {formatCidr, parseAddress, parseCidr} from '../../domain/cidr.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import type {Facts, InterfaceFacts} from '../../domain/facts.ts'

/** A host before it is known which node it will be. */
export interface Chooser {
  readonly spec: HostSpec
  readonly facts: Facts
}

/** An address that a node could have. */
export interface AddressCandidate {
  readonly address: string
  readonly networkInterface: string
  /** The range it is in, `192.168.56.0/24`. */
  readonly subnet: string
}

/** Links that container software makes for itself; a node is never reached at an address of theirs. */
const MADE_FOR_CONTAINERS =
  /^(docker|cni|flannel|virbr|br-[0-9a-f]{12}|lxcbr|lxdbr|veth|cali|cilium|lxc|kube-|nodelocaldns|weave|vxlan|podman|tunl|dummy)/

function mayCarryNode(link: InterfaceFacts, facts: Facts): boolean {
  if (!link.up || MADE_FOR_CONTAINERS.test(link.name)) return false
  // A bridge that a person made carries the default route; one that software made does not.
  return link.kind === 'physical' || (link.kind === 'bridge' && facts.network.defaultRoute?.device === link.name)
}

const NEVER = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '0.0.0.0/8', '::1/128', 'fe80::/10', 'ff00::/8']

/** Usable by other machines at all: not loopback, link-local or multicast. */
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

/** A /32 beside other addresses is a virtual one that moves between hosts (keepalived, kube-vip), unless DHCP gave it. */
function isVirtual(link: InterfaceFacts, entry: InterfaceFacts['addresses'][number], facts: Facts): boolean {
  if (entry.secondary) return true
  const isSingle = entry.prefix === (entry.family === 4 ? 32 : 128)
  const isOnlyOne =
    link.addresses.filter(({address, family}) => family === entry.family && isGlobal(address)).length < 2
  return isSingle && !entry.dynamic && !isOnlyOne && facts.network.defaultRoute?.source !== entry.address
}

/** VirtualBox's and qemu's user network leases every guest the same 10.0.2.15 behind its own 10.0.2.2, which need not lead anywhere. */
export const isUserNat = (address: string, {network}: Pick<Facts, 'network'>): boolean =>
  isIn(address, '10.0.2.0/24') &&
  (network.routes.some(({gateway}) => gateway === '10.0.2.2') || isLeased(address, network))

const isLeased = (text: string, {interfaces}: Facts['network']): boolean =>
  interfaces.some(({addresses}) => addresses.some(({address, dynamic}) => dynamic && address === text))

/** What the host will have: what its file says, and what it has on the other cards, in the order of the interfaces. */
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
