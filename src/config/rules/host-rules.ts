import {canonicalAddress, cidrContains, isAddress, parseAddress, parseCidr} from '../../domain/cidr.ts'
import {evenQuorum} from '../../domain/etcd.ts'
import {CRI_SOCKET_URL} from '../../domain/paths.ts'
import {DEFAULTS} from '../draft/defaults.ts'
import type {Place, Report} from '../documents/finding.ts'
import type {PlacedHost} from '../draft/hosts.ts'
import {checkOutside, type PlacedRange} from './network-rules.ts'

/** Checks that there are hosts and that one of them is a control plane; `place` is that of the list of hosts. */
export function checkRoles(hosts: readonly PlacedHost[], place: Place, report: Report): void {
  const controlPlanes = hosts.filter(({spec}) => spec.role === 'control-plane')
  if (controlPlanes.length === 0) {
    const message =
      hosts.length === 0
        ? 'must not be empty; a cluster needs at least one host with role: control-plane'
        : 'must contain a control plane; set role: control-plane on one host'
    report({severity: 'error', place, message})
    return
  }
  if (controlPlanes.length === 1) return
  const quorum = evenQuorum(controlPlanes.length)
  if (quorum !== undefined) report({severity: 'warning', place, message: quorum})
}

/** Checks that hosts do not share names and addresses, and that the settings of each host are possible. */
export function checkHosts(hosts: readonly PlacedHost[], ranges: readonly PlacedRange[], report: Report): void {
  checkDistinct(
    'name',
    hosts.map(host => [
      host.spec.nodeName ?? host.spec.name,
      host.at(host.spec.nodeName === undefined ? 'name' : 'nodeName'),
    ]),
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
  value === 'local' ? `is this machine, the same as ${other}` : `has the same ${what} as ${other}: ${value}`

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
    const message = `${gateway} is not in a network of ${name} (${addresses.join(', ')})`
    report({severity: 'error', place: host.at('network', name, 'gateway'), message})
  }
}

function checkTaints(host: PlacedHost, report: Report): void {
  const taints = host.spec.taints ?? []
  for (const [i, taint] of taints.entries()) {
    const j = taints.findIndex(other => other.key === taint.key && other.effect === taint.effect)
    if (j === i) continue
    const message = `duplicate taint ${taint.key} with the effect ${taint.effect}; the first is at ${host.at('taints', j).text}`
    report({severity: 'error', place: host.at('taints', i), message})
  }
}

/**
 * Refuses kubelet flags that have their own field: the flag would win on the node, and kadm would use another value.
 */
function checkKubeletArgs(host: PlacedHost, report: Report): void {
  for (const [i, {name, value}] of host.spec.kubeletExtraArgs.entries()) {
    const place = host.at('kubeletExtraArgs', i)
    const refuse = (message: string): void => report({severity: 'error', place, message})
    const {nodeName, name: hostname, taints} = host.spec
    if (name === 'hostname-override' && value !== (nodeName ?? hostname))
      refuse(`hostname-override must equal the name of the node; set nodeName: ${value} instead`)
    if (name === 'register-with-taints' && (taints ?? []).length > 0)
      refuse('register-with-taints cannot be used together with taints; write all of them in taints')
    if (name === 'node-ip' && !value.split(',').every(isAddress))
      refuse(`'${value}' is not an IP address, or two with a comma`)
    if (name === 'container-runtime-endpoint' && isOtherRuntime(value, host.spec))
      refuse(`names another container runtime than the node has; write criSocket: ${value} instead`)
  }
}

/** Whether a kubelet would be sent to a container runtime that kadm does not set up there. */
export const isOtherRuntime = (endpoint: string, {criSocket}: {readonly criSocket?: string | undefined}): boolean =>
  plainSocket(endpoint) !== plainSocket(criSocket ?? CRI_SOCKET_URL)

const plainSocket = (socket: string): string => socket.replace(/^unix:\/\//, '').replace(/^\/var\/run\//, '/run/')
