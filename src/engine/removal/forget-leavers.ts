import type {Cluster, Node} from '../../domain/cluster.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {KEEPALIVED_CHECK} from '../../domain/virtual-address.ts'
import {nodeNamed, type Leaver, type ListedNode} from '../../domain/removal.ts'
import {FIREWALL_PHASE, firewallPhase, isOpenedByKadm} from '../../phases/host/firewall.ts'
import type {Step} from '../../phases/phase.ts'
import {loadBalancerPhase} from '../../phases/shared/load-balancer.ts'
import {virtualAddressMembersPhase} from '../../phases/shared/virtual-address.ts'
import {carryOut} from '../schedule/carry-out.ts'
import {judgeOutcomes, runOf} from '../schedule/run-of.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import type {Lease} from '../lease/lease.ts'
import type {WorkflowOptions} from '../workflows/options.ts'

const FIREWALL: Step = {path: FIREWALL_PHASE, phase: firewallPhase}
const BALANCER: Step = {path: loadBalancerPhase.name, phase: loadBalancerPhase}

const MEMBERS: Step = {path: virtualAddressMembersPhase.name, phase: virtualAddressMembersPhase}

/**
 * What machines that stay have for the others: firewall rules for each node, and a load balancer or keepalived that knows all
 * control planes.
 */
function stepsFor(cluster: Cluster, leavers: readonly Leaver[]): readonly Step[] {
  if (!leavers.some(({role}) => role === 'control-plane')) return [FIREWALL]
  if (balancerOf(cluster) !== undefined) return [FIREWALL, BALANCER]
  return cluster.virtualAddress?.provider === 'keepalived' ? [FIREWALL, MEMBERS] : [FIREWALL]
}

/** The machines that stay and have something for the leavers. */
export const knowingLeavers = (
  candidates: readonly Candidate[],
  cluster: Cluster,
  leavers: readonly Leaver[],
): readonly Candidate[] =>
  candidates.filter(({gathered: {facts}}) => {
    // A host of the file that has not joined yet knows no other node.
    if (facts.nodeName === undefined) return false
    const steps = stepsFor(cluster, leavers)
    const knowsThem =
      steps.includes(BALANCER) || (steps.includes(MEMBERS) && facts.files[KEEPALIVED_CHECK] !== undefined)
    return knowsThem || isOpenedByKadm(facts)
  })

export interface Forgetting {
  readonly cluster: Cluster
  readonly stay: readonly {readonly candidate: Candidate; readonly lease: Lease | undefined}[]
  readonly nodes: readonly ListedNode[]
  readonly leavers: readonly Leaver[]
}

/**
 * Removes what machines that stay have for the leavers: rules in their firewalls, and entries of their load balancers. Returns the
 * number of changes.
 */
export async function forgetLeavers(
  options: Omit<WorkflowOptions, 'joinTo' | 'steps'>,
  {cluster, stay, nodes, leavers}: Forgetting,
): Promise<number> {
  const leaving = new Set(leavers.map(({name}) => name))
  const known = nodes.filter(({name}) => !leaving.has(name))
  const machines = stay.flatMap(({candidate: {spec, host, gathered}, lease}) => {
    const node = nodeOf({spec, gathered}, known)
    return node === undefined ? [] : [{host, facts: gathered.facts, node, lease}]
  })
  if (machines.length === 0) return 0
  const own = new Set(machines.map(({node}) => node.name))
  const existingNodes = known.flatMap(({name, address, role}) =>
    own.has(name) || address === undefined ? [] : [{name, address, role}],
  )
  const session = {cluster, nodes: machines.map(({node}) => node), existingNodes}
  return judgeOutcomes(await carryOut(runOf({...options, steps: stepsFor(cluster, leavers)}, session, machines)))
}

function nodeOf(
  {spec, gathered: {facts}}: Pick<Candidate, 'spec' | 'gathered'>,
  known: readonly ListedNode[],
): Node | undefined {
  const found = facts.nodeName === undefined ? undefined : nodeNamed(known, facts.nodeName)
  if (found?.address === undefined) return undefined
  return {host: spec, role: found.role, name: found.name, address: found.address, networkInterface: ''}
}
