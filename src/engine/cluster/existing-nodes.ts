import {PORTS} from '../../domain/ports.ts'
import {canonicalAddress} from '../../domain/cidr.ts'
import type {Node} from '../../domain/cluster.ts'
import {isWithoutAnswer} from '../../domain/errors.ts'
import type {Peer} from '../../domain/firewall.ts'
import {ApiError} from '../../kube/api-error.ts'
import {listNodes} from '../../kube/nodes.ts'
import type {Host} from '../../remote/host.ts'
import {parseProbes, probeScript} from '../../facts/reachability.ts'
import type {ControlPlane} from './control-plane.ts'
import type {Candidate} from '../hosts/open-machines.ts'

/** A node of the cluster that this run does not touch. */
export interface ExistingNode extends Peer {
  readonly name: string
}

export interface ExistingNodesOptions {
  readonly controlPlane: ControlPlane | undefined
  /** The run joins a cluster that exists. */
  readonly joins: boolean
  readonly candidates: readonly Candidate[]
  readonly nodes: readonly Node[]
}

/** A short limit for a cluster that is down: its nodes are then unknown, and kadm keeps all firewall rules for them. */
const PATIENCE = {timeoutMs: 5_000, retryForMs: 0}

/** Nodes of the cluster that are not part of this run; undefined when the cluster exists but does not answer. */
export async function existingNodesOf({
  controlPlane,
  joins,
  candidates,
  nodes,
}: ExistingNodesOptions): Promise<readonly ExistingNode[] | undefined> {
  const isThere = joins || candidates.some(({gathered}) => gathered.facts.clusterCaHash !== undefined)
  if (!isThere) return []
  if (controlPlane === undefined) return undefined
  try {
    const known = new Set(nodes.map(({name}) => name))
    const listed = await listNodes(await controlPlane.api(), PATIENCE)
    return listed.flatMap(({name, internalAddress: address, controlPlane: isControlPlane}): readonly ExistingNode[] =>
      address === undefined || known.has(name)
        ? []
        : [{name, address, role: isControlPlane ? 'control-plane' : 'worker'}],
    )
  } catch (error) {
    // A cluster may be down, refuse the request, or have an admin.conf that is missing or does not match; a lost
    // machine, Ctrl-C and a bug are different and must not be hidden.
    if (error instanceof ApiError || isWithoutAnswer(error)) return undefined
    throw error
  }
}

/** A control plane as a node of which this run changes only the firewall. */
export function seedNode({spec, gathered: {facts}}: Candidate, existingNodes: readonly ExistingNode[]): Node {
  const name = facts.nodeName ?? facts.hostname
  const address = existingNodes.find(other => other.name === name)?.address ?? facts.advertiseAddress ?? ''
  return {host: {...spec, role: 'control-plane'}, role: 'control-plane', name, address, networkInterface: ''}
}

export interface Asked {
  readonly host: Host
  readonly node: Node
  readonly existingNodes: readonly ExistingNode[]
  readonly signal: AbortSignal
}

/**
 * The nodes whose kubelet does not answer this host at all, not even with a refusal: their firewall drops the
 * packets.
 */
export async function closedTo({host, node, existingNodes, signal}: Asked): Promise<readonly ExistingNode[]> {
  const asked = existingNodes.filter(({address}) => canonicalAddress(address) !== canonicalAddress(node.address))
  if (asked.length === 0) return []
  const probes = asked.map(({name, address}) => ({
    from: node.name,
    to: name,
    address,
    port: PORTS.kubelet,
    protocol: 'tcp' as const,
    size: undefined,
  }))
  const results = parseProbes(await host.read(probeScript(probes).text, {signal}), probes)
  return asked.filter(({name}) => results.some(({to, answer}) => to === name && answer === 'timed out'))
}
