import {canonicalAddress, cidrContains, parseAddress, parseCidr} from '../../domain/cidr.ts'
import {DEFAULTS} from '../draft/defaults.ts'
import type {Place, Report} from '../documents/finding.ts'
import type {PlacedHost} from '../draft/hosts.ts'
import {checkOutside, type PlacedRange} from './network-rules.ts'

/** How many control planes a cluster may have in this release; the only place that knows it. */
const MAX_CONTROL_PLANES = 1

/** That there are hosts, and the one control plane among them. */
export function checkRoles(hosts: readonly PlacedHost[], place: Place, report: Report): void {
  const controlPlanes = hosts.filter(({spec}) => spec.role === 'control-plane')
  const first = controlPlanes[0]
  if (first === undefined) {
    const message =
      hosts.length === 0
        ? 'is empty; a cluster needs at least a host with role: control-plane'
        : 'has no control plane; give one host role: control-plane'
    report({severity: 'error', place, message})
    return
  }
  for (const host of controlPlanes.slice(MAX_CONTROL_PLANES)) {
    const message = `is a second control plane beside ${first.at('role').text}; this release makes one control plane, so make it a worker`
    report({severity: 'error', place: host.at('role'), message})
  }
}

/** What no two hosts may share, and what each host says that cannot be. */
export function checkHosts(hosts: readonly PlacedHost[], ranges: readonly PlacedRange[], report: Report): void {
  checkDistinct(
    'name',
    hosts.map(host => [host.spec.name, host.at('name')]),
    report,
  )
  checkDistinct(
    'SSH address',
    hosts.map(host => [reachedAt(host), host.at('ssh')]),
    report,
  )
  checkDistinct(
    'node address',
    hosts.map(host => [canonical(host.spec.address), host.at('address')]),
    report,
  )
  checkDistinct('interface address', hosts.flatMap(interfaceAddresses), report)
  for (const host of hosts) {
    for (const [address, place] of ownAddresses(host)) checkOutside(address, place, ranges, report)
    checkInterfaces(host, report)
    checkTaints(host, report)
    checkKubeletArgs(host, report)
  }
}

type Placed = readonly [string | undefined, Place]

function checkDistinct(what: string, values: readonly Placed[], report: Report): void {
  const first = new Map<string, Place>()
  for (const [value, place] of values) {
    if (value === undefined) continue
    const other = first.get(value)
    if (other === undefined) first.set(value, place)
    else report({severity: 'error', place, message: shared(what, value, other.text)})
  }
}

const shared = (what: string, value: string, other: string): string =>
  value === 'local' ? `is this machine, as ${other} is` : `has the ${what} ${value} of ${other}`

const canonical = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : canonicalAddress(address)

function reachedAt({spec: {ssh}}: PlacedHost): string {
  if (ssh === 'local') return 'local'
  const port = ssh.port ?? DEFAULTS.sshPort
  const through = ssh.jump === undefined ? '' : ` through ${ssh.jump}`
  return `${canonicalAddress(ssh.address).toLowerCase()} port ${port}${through}`
}

const interfaceAddresses = (host: PlacedHost): readonly Placed[] =>
  Object.entries(host.spec.netplan?.interfaces ?? {}).flatMap(([name, spec]) =>
    spec.addresses.map((text, i): Placed => [
      canonicalAddress(text.split('/')[0] ?? text),
      host.at('network', name, 'addresses', i),
    ]),
  )

function ownAddresses(host: PlacedHost): readonly (readonly [string, Place])[] {
  const {address, ssh} = host.spec
  return [
    ...(address === undefined ? [] : [[address, host.at('address')] as const]),
    ...(ssh === 'local' ? [] : [[ssh.address, host.at('ssh', 'address')] as const]),
    ...interfaceAddresses(host).flatMap(([text, place]) => (text === undefined ? [] : [[text, place] as const])),
  ]
}

function checkInterfaces(host: PlacedHost, report: Report): void {
  for (const [name, {addresses, gateway}] of Object.entries(host.spec.netplan?.interfaces ?? {})) {
    const hop = gateway === undefined ? undefined : parseAddress(gateway)
    const links = addresses.map(parseCidr).filter(cidr => cidr !== undefined)
    if (gateway === undefined || hop === undefined || links.some(cidr => cidrContains(cidr, hop))) continue
    const message = `${gateway} is in none of the networks of ${name} (${addresses.join(', ')})`
    report({severity: 'error', place: host.at('network', name, 'gateway'), message})
  }
}

function checkTaints(host: PlacedHost, report: Report): void {
  const taints = host.spec.taints ?? []
  for (const [i, taint] of taints.entries()) {
    const j = taints.findIndex(other => other.key === taint.key && other.effect === taint.effect)
    if (j === i) continue
    const message = `a node has one taint ${taint.key} with the effect ${taint.effect}; ${host.at('taints', j).text} is the first`
    report({severity: 'error', place: host.at('taints', i), message})
  }
}

/** Flags of the kubelet that have a field of their own; the flag would win on the node and leave the rest of kadm behind. */
function checkKubeletArgs(host: PlacedHost, report: Report): void {
  for (const [i, {name, value}] of host.spec.kubeletExtraArgs.entries()) {
    const place = host.at('kubeletExtraArgs', i)
    const refuse = (message: string): void => report({severity: 'error', place, message})
    if (name === 'hostname-override' && value !== host.spec.name)
      refuse(`hostname-override is the host's name; write name: ${value}`)
    if (name === 'register-with-taints') refuse('register-with-taints is set by kadm; write taints')
    const {address} = host.spec
    if (name !== 'node-ip' || address === undefined) continue
    const addresses = value.split(',').map(canonicalAddress)
    if (!addresses.includes(canonicalAddress(address)))
      refuse(`node-ip ${value} is not the host's address ${address}; make them one`)
  }
}
