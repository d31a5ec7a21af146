import {canonicalAddress, isAddress} from '../../domain/cidr.ts'
import {splitHostPort} from '../../domain/endpoint.ts'
import type {VirtualAddress} from '../../domain/virtual-address.ts'
import {DEFAULTS} from '../draft/defaults.ts'
import type {PlacedHost} from '../draft/hosts.ts'
import type {Place, Report} from '../documents/finding.ts'
import {virtualAddressOf, type Reached} from './balancer-rules.ts'
import {checkOutside, type PlacedRange} from './network-rules.ts'

interface Judged extends Reached {
  readonly vip: VirtualAddress
  readonly place: Place
  readonly report: Report
}

/** Checks a virtual address against the endpoint, the hosts and the ranges of the cluster. */
export function checkVip(reached: Reached, ranges: readonly PlacedRange[], report: Report): void {
  const {loadBalancer} = reached.draft
  if (loadBalancer?.value.kind !== 'vip') return
  const {place} = loadBalancer
  const vip = virtualAddressOf(reached.draft)
  if (vip === undefined) {
    report({severity: 'error', place, message: 'vip needs an address: a free one in the network of the control planes'})
    return
  }
  checkEndpoint({...reached, vip, place, report})
  checkHosts({...reached, vip, place, report})
  checkOutside(vip.address, place, ranges, report)
}

/** The endpoint of a virtual address is this address, or a name for it. */
function checkEndpoint({draft, vip, report}: Judged): void {
  const {controlPlaneEndpoint, apiPort} = draft
  if (controlPlaneEndpoint === undefined) return
  const own = apiPort?.value ?? DEFAULTS.apiPort
  const {host, port} = splitHostPort(controlPlaneEndpoint.value, own)
  const refuse = (message: string): void => report({severity: 'error', place: controlPlaneEndpoint.place, message})
  if (isAddress(host) && canonicalAddress(host) !== vip.address)
    refuse(
      `${host} is not the virtual address ${vip.address}; remove controlPlaneEndpoint, or write a name that resolves to ${vip.address}`,
    )
  if (port !== own)
    refuse(
      `clients would connect to port ${port} of ${vip.address}, but the API server listens there on port ${own}; write the same port, or set apiPort`,
    )
}

function checkHosts({hosts, vip, place, report}: Judged): void {
  const owner = hosts.find(({spec}) => addressesOf(spec).some(own => canonicalAddress(own) === vip.address))
  if (owner === undefined) return
  const message = `${vip.address} is the address of a host (${owner.at().text}); write a free address in the same network`
  report({severity: 'error', place, message})
}

const addressesOf = ({address, ssh, netplan}: PlacedHost['spec']): readonly string[] => [
  ...(address === undefined ? [] : [address]),
  ...(ssh === 'local' ? [] : [ssh.address]),
  ...Object.values(netplan?.interfaces ?? {}).flatMap(({addresses}) =>
    addresses.map(text => text.split('/')[0] ?? text),
  ),
]
