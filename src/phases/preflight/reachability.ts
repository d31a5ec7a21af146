import {PORTS} from '../../domain/ports.ts'
import {parseAddress} from '../../domain/cidr.ts'
import type {Cluster, Node} from '../../domain/cluster.ts'
import type {Facts} from '../../domain/facts.ts'
import type {Listener, Probe, ProbeResult, Socket} from '../../facts/reachability.ts'
import {isOpenedByKadm} from '../host/firewall.ts'
import type {Finding} from './finding.ts'

const ETCD_PORTS = [PORTS.etcdClient, PORTS.etcdPeer]

export interface ProbedHost {
  readonly node: Node
  readonly facts: Facts
}

const familyOf = (node: Node): 4 | 6 => parseAddress(node.address)?.family ?? 4

/** The ports on which a node must answer other nodes, by its role. */
function tcpPorts(from: Node, to: Node, {apiPort}: Cluster): readonly number[] {
  if (to.role === 'worker') return from.role === 'control-plane' ? [PORTS.kubelet] : []
  return from.role === 'control-plane' ? [apiPort, ...ETCD_PORTS, PORTS.kubelet] : [apiPort]
}

const usesVxlan = ({network}: Cluster): boolean => network.plugin.kind === 'flannel'

/** The listeners that a host needs while kadm probes it. */
export function probeSockets(node: Node, nodes: readonly Node[], cluster: Cluster): readonly Socket[] {
  const others = nodes.filter(other => other !== node)
  const ports = [...new Set(others.flatMap(other => tcpPorts(other, node, cluster)))]
  const tcp = ports.map(port => ({protocol: 'tcp' as const, port}))
  return others.length > 0 && usesVxlan(cluster) ? [...tcp, {protocol: 'udp', port: PORTS.vxlan}] : tcp
}

/** Probes every pair of hosts on the ports that their roles need, and with a datagram of the size that the network claims to carry. */
export function probePlan(hosts: readonly ProbedHost[], cluster: Cluster): readonly Probe[] {
  return hosts.flatMap(from =>
    hosts
      .filter(to => to !== from && isThere(to) && isThere(from))
      .flatMap(to => {
        const base = {from: from.node.name, to: to.node.name, address: to.node.address}
        const tcp = tcpPorts(from.node, to.node, cluster).map(port => ({
          ...base,
          port,
          protocol: 'tcp' as const,
          size: undefined,
        }))
        if (!usesVxlan(cluster)) return tcp
        const udp = {...base, port: PORTS.vxlan, protocol: 'udp' as const}
        const headers = familyOf(to.node) === 4 ? 28 : 48
        return [...tcp, {...udp, size: undefined}, {...udp, size: Math.min(mtuOf(from), mtuOf(to)) - headers}]
      }),
  )
}

/** kadm cannot probe an address that netplan has not set yet. */
export const isThere = ({node, facts}: ProbedHost): boolean =>
  node.address !== '' &&
  facts.network.interfaces.some(({addresses}) => addresses.some(({address}) => address === node.address))

const mtuOf = ({node, facts}: ProbedHost): number =>
  facts.network.interfaces.find(({name}) => name === node.networkInterface)?.mtu ?? 1500

/** Leaves out the questions that no host can answer: a vxlan interface that exists already occupies its port. */
export const answerable = (probes: readonly Probe[], listeners: ReadonlyMap<string, Listener>): readonly Probe[] =>
  probes.filter(({from, to, protocol, port}) => {
    const [asking, answering] = [listeners.get(from), listeners.get(to)]
    if (asking?.canProbe !== true || answering === undefined) return false
    const isBusy = answering.busy.some(socket => socket.port === port && socket.protocol === protocol)
    return answering.canProbe ? !(isBusy && protocol === 'udp') : false
  })

/** A host with a firewall can be tested only after its rules allow the other hosts. */
export const behindFirewall = (hosts: readonly ProbedHost[]): readonly Finding[] =>
  hosts
    .filter(({facts}) => isOpenedByKadm(facts))
    .map(({node}) => ({
      name: 'Reachability',
      severity: 'ok',
      hosts: [node.name],
      message: 'not tested from the other hosts, because its firewall is not open for them yet',
      remedy: undefined,
    }))

/** One finding for each pair that fails, one for all that work. */
export function judgeProbes(
  results: readonly ProbeResult[],
  listeners: ReadonlyMap<string, Listener>,
): readonly Finding[] {
  const mute = [...listeners].filter(([, {canProbe}]) => !canProbe).map(([name]) => name)
  const failures = pairsOf(results.filter(({answer}) => answer !== 'ok')).map(pair => failure(pair, results))
  const silent = mute.map((name): Finding => ({
    name: 'Reachability',
    severity: 'warning',
    hosts: [name],
    message: 'could not be tested: perl is not installed',
    remedy: 'install perl-base, or check yourself that the hosts reach each other',
  }))
  const hosts = [...new Set(results.map(({from}) => from))]
  const well: readonly Finding[] =
    failures.length > 0 || results.length === 0
      ? []
      : [
          {
            name: 'Reachability',
            severity: 'ok',
            hosts,
            message: `${results.length} of ${results.length} probes answered`,
            remedy: undefined,
          },
        ]
  return [...failures, ...silent, ...well]
}

function pairsOf(results: readonly ProbeResult[]): readonly (readonly [ProbeResult, ...ProbeResult[]])[] {
  const groups = new Map<string, readonly [ProbeResult, ...ProbeResult[]]>()
  for (const result of results) {
    const key = `${result.from} ${result.to}`
    const group = groups.get(key)
    groups.set(key, group === undefined ? [result] : [...group, result])
  }
  return [...groups.values()]
}

function failure(pair: readonly [ProbeResult, ...ProbeResult[]], results: readonly ProbeResult[]): Finding {
  const [{from, to, address}] = pair
  const finding = (name: string, message: string, remedy: string): Finding => ({
    name,
    severity: 'error',
    hosts: [from, to],
    message: message,
    remedy: remedy,
  })
  const largest = pair.find(({size}) => size !== undefined)
  if (largest?.size !== undefined && pair.length === 1) {
    const message = `a packet of full size (${largest.size} bytes and headers) from ${from} does not reach ${to} at ${address}, small ones do`
    return finding('PathMTU', message, 'set the MTU of both network cards to what the network between them carries')
  }
  const all = results.filter(result => result.from === from && result.to === to)
  const ports = pair.filter(({size}) => size === undefined)
  const told = ports.map(({protocol, port, answer}) => `${protocol.toUpperCase()} ${port} (${answer})`).join(', ')
  if (pair.length === all.length) {
    const remedy = `check that both are on one network and no firewall is between them: on ${from}, ip route get ${address}`
    return finding('Reachability', `${from} does not reach ${to} at ${address} at all: ${told}`, remedy)
  }
  return finding(
    'Reachability',
    `${from} does not reach ${to} at ${address} on ${told}`,
    `open these ports on ${to} for ${from}`,
  )
}
