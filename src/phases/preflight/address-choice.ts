import {canonicalAddress, parseCidr} from '../../domain/cidr.ts'
import type {Cluster, Node} from '../../domain/cluster.ts'
import {candidatesOf, isIn, isUserNat, type AddressCandidate, type Chooser} from './candidates.ts'
import type {Finding} from './finding.ts'

/** Why a node has its address, for people. */
export type Reason = 'named' | 'already in use' | 'login' | 'shared network' | 'default route' | 'only one'

export interface ChosenNode extends Node {
  readonly reason: Reason
}

export interface AddressChoice {
  /** In the order of the hosts; an address is empty where no candidate exists, and a finding says so. */
  readonly nodes: readonly ChosenNode[]
  readonly findings: readonly Finding[]
}

export interface ChoiceInput {
  readonly cluster: Cluster
  readonly hosts: readonly Chooser[]
  /** Addresses of the existing nodes of the cluster. */
  readonly existing: readonly {readonly addresses: readonly string[]}[]
}

/**
 * The possible choices, the best first: the one that a person would guess, then one for each network that all hosts
 * are on. Only a test shows by which of them the hosts reach one another; the same facts give the same list.
 */
export function addressChoices(input: ChoiceInput): readonly AddressChoice[] {
  const others = commonSubnets(input, usableOf(input).usable).map(subnet => chooseAddresses(input, subnet))
  const all = [chooseAddresses(input), ...others]
  const keys = all.map(({nodes}) => nodes.map(({address}) => address).join(' '))
  return all.filter((_, i) => keys.indexOf(keys[i] ?? '') === i)
}

/**
 * Gives every host its name and the address that the other hosts reach it by; a subnet takes precedence over the
 * address of the login.
 */
export function chooseAddresses(input: ChoiceInput, subnet?: string): AddressChoice {
  const {hosts} = input
  const {all, twins, usable} = usableOf(input)
  const shared = subnet ?? commonSubnets(input, usable)[0]
  const chosen = hosts.map((host, i) => chooseOne(host, usable[i] ?? [], {shared, isForced: subnet !== undefined}))
  const nodes = hosts.map(({spec, facts}, i): ChosenNode => {
    const name = (spec.nodeName ?? spec.name ?? facts.nodeName ?? facts.hostname).toLowerCase()
    return {host: spec, role: spec.role, name, ...(chosen[i] ?? NOTHING)}
  })
  const findings = hosts.flatMap((host, i) =>
    explain(host, nodes[i], {all: all[i] ?? [], usable: usable[i] ?? [], twins, isAlone: hosts.length === 1}),
  )
  return {nodes, findings}
}

interface Usable {
  /** Host by host. */
  readonly all: readonly (readonly AddressCandidate[])[]
  /** Addresses that several hosts share. */
  readonly twins: ReadonlySet<string>
  readonly usable: readonly (readonly AddressCandidate[])[]
}

function usableOf({cluster, hosts}: ChoiceInput): Usable {
  const family = parseCidr(cluster.network.serviceSubnets[0] ?? '')?.family ?? 4
  const all = hosts.map(host => candidatesOf(host, family))
  const twins = sharedBetweenHosts(all)
  const usable = all.map((candidates, i) => {
    const own = candidates.filter(({address}) => !twins.has(address))
    const real = own.filter(({address}) => hosts[i] === undefined || !isUserNat(address, hosts[i].facts))
    return real.length > 0 ? real : own
  })
  return {all, twins, usable}
}

interface Choice {
  readonly address: string
  readonly networkInterface: string
  readonly reason: Reason
}

const NOTHING: Choice = {address: '', networkInterface: '', reason: 'only one'}

function sharedBetweenHosts(all: readonly (readonly AddressCandidate[])[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const twins = new Set<string>()
  for (const candidates of all) {
    for (const address of new Set(candidates.map(c => c.address))) {
      if (seen.has(address)) twins.add(address)
      seen.add(address)
    }
  }
  return twins
}

/** The networks that all hosts are on; first those of the cluster's nodes, then those with most default routes. */
function commonSubnets({hosts, existing}: ChoiceInput, usable: Usable['usable']): readonly string[] {
  const subnets = [...new Set(usable.flatMap(candidates => candidates.map(({subnet}) => subnet)))]
  const common = subnets.filter(subnet => usable.every(candidates => candidates.some(c => c.subnet === subnet)))
  const weight = (subnet: string): number => {
    const nodes = existing.filter(({addresses}) => addresses.some(address => isIn(address, subnet))).length
    const routes = hosts.filter(({facts}) => isIn(facts.network.defaultRoute?.source ?? '', subnet)).length
    return nodes * 1000 + routes
  }
  return common.toSorted((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1))
}

function chooseOne(
  {spec, facts}: Chooser,
  usable: readonly AddressCandidate[],
  {shared, isForced}: {readonly shared: string | undefined; readonly isForced: boolean},
): Choice | undefined {
  const take = (address: string | undefined, reason: Reason): Choice | undefined => {
    const found = usable.find(c => address !== undefined && c.address === canonicalAddress(address))
    return found && {address: found.address, networkInterface: found.networkInterface, reason}
  }
  if (spec.address !== undefined) return named(spec.address, {spec, facts})
  const login = afterNetplan(facts.network.connectedAddress ?? (spec.ssh === 'local' ? undefined : spec.ssh.address), {
    spec,
    facts,
  })
  const [first] = usable
  const sharing = take(usable.find(({subnet}) => subnet === shared)?.address, 'shared network')
  return (
    take(facts.kubelet.nodeIp?.split(',')[0] ?? facts.advertiseAddress, 'already in use') ??
    (isForced ? sharing : undefined) ??
    take(login, 'login') ??
    sharing ??
    take(facts.network.defaultRoute?.source, 'default route') ??
    take(first?.address, 'only one')
  )
}

/** If an interface is about to lose the address of the login, the first address that it gets takes its place. */
function afterNetplan(login: string | undefined, {spec, facts}: Chooser): string | undefined {
  const card = facts.network.interfaces.find(link => link.addresses.some(({address}) => address === login))
  const asked = card === undefined ? undefined : spec.netplan?.interfaces[card.name]?.addresses
  const kept = asked?.some(text => text.split('/')[0] === login) ?? true
  return kept ? login : asked?.[0]?.split('/')[0]
}

/** An address that you set is accepted on every interface of the host, also if its netplan adds it later. */
function named(text: string, {spec, facts}: Chooser): Choice | undefined {
  const address = canonicalAddress(text)
  const present = facts.network.interfaces.find(link => link.addresses.some(a => a.address === address))
  const asked = Object.entries(spec.netplan?.interfaces ?? {}).find(([, {addresses}]) =>
    addresses.some(a => a.split('/')[0] === address),
  )
  const networkInterface = asked?.[0] ?? present?.name
  return networkInterface === undefined ? undefined : {address, networkInterface, reason: 'named'}
}

interface Seen {
  readonly all: readonly AddressCandidate[]
  readonly usable: readonly AddressCandidate[]
  readonly isAlone: boolean
  readonly twins: ReadonlySet<string>
}

const NAME = 'NodeAddress'

function explain(
  {spec, facts}: Chooser,
  node: ChosenNode | undefined,
  {all, usable, twins, isAlone}: Seen,
): readonly Finding[] {
  if (node === undefined) return []
  const finding = (severity: Finding['severity'], message: string, remedy: string | undefined): readonly Finding[] => [
    {name: NAME, severity, hosts: [node.name], message: message, remedy: remedy},
  ]
  if (node.address === '' && spec.address !== undefined) {
    return finding('error', `no interface has the address ${spec.address} that you set for it`, presentOnes(facts))
  }
  if (node.address === '') {
    const same = all.map(({address}) => address).filter(address => twins.has(address))
    const message =
      same.length === 0
        ? 'no interface has an address that other machines can reach'
        : `its only address ${same.join(', ')} is also on another host, as with a separate NAT for each machine`
    return finding(
      'error',
      message,
      'connect the machine to a network that all hosts share (VirtualBox: a host-only adapter)',
    )
  }
  if (isUserNat(node.address, facts)) {
    const remedy = 'add a network that all machines share before you join more (VirtualBox: a host-only adapter)'
    return finding('warning', `${node.address} is behind a NAT of this machine; other machines cannot reach it`, remedy)
  }
  const message = `${node.address} on ${node.networkInterface} (${node.reason})`
  const others = usable.filter(({address}) => address !== node.address)
  // A first control plane is alone: the network by which the other hosts will connect is not known yet.
  if (!isAlone || others.length === 0 || node.reason === 'named' || node.reason === 'already in use')
    return finding('ok', message, undefined)
  const told = others.map(({address, networkInterface}) => `${address} on ${networkInterface}`).join(', ')
  const force = `to use another one, set address in the file, or pass --apiserver-advertise-address to init`
  return finding('info', `${message}; it has ${told} too`, `check that the other hosts reach it there; ${force}`)
}

function presentOnes({network}: Chooser['facts']): string {
  const present = network.interfaces.flatMap(({name, kind, addresses}) =>
    kind === 'loopback' ? [] : addresses.map(({address}) => `${address} (${name})`),
  )
  return `name one that it has: ${present.join(', ')}; or give it to an interface under network in the file`
}
