import {firewallPhase, FIREWALL_PHASE, isOpenedByKadm} from '../../phases/host/firewall.ts'
import type {Lease} from '../lease/lease.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from '../workflows/options.ts'
import {closedTo, seedNode} from '../cluster/existing-nodes.ts'
import type {Run} from '../schedule/run.ts'
import {runOf, type PreflightedSession} from '../schedule/run-of.ts'

const isAsked = ({steps}: WorkflowOptions): boolean => steps.some(({path}) => path === FIREWALL_PHASE)

/** The control plane that the run joins, if its firewall must allow the new nodes first. */
export const closedSeedControlPlane = (
  options: WorkflowOptions,
  {seedControlPlane}: PreflightedSession,
): Candidate | undefined =>
  seedControlPlane !== undefined && isAsked(options) && isOpenedByKadm(seedControlPlane.gathered.facts)
    ? seedControlPlane
    : undefined

/** Only the firewall of that control plane. */
export function firewallRun(
  options: WorkflowOptions,
  session: PreflightedSession,
  seedControlPlane: Candidate,
  lease?: Lease,
): Run {
  const node = seedNode(seedControlPlane, session.existingNodes ?? [])
  const machine = {host: seedControlPlane.host, facts: seedControlPlane.gathered.facts, node, lease}
  return {
    ...runOf(options, session, [machine]),
    nodes: [...session.nodes, node],
    existingNodes: session.existingNodes?.filter(({name}) => name !== node.name),
    steps: [{path: FIREWALL_PHASE, phase: firewallPhase}],
  }
}

/** Warns about nodes that do not answer a new node: this run does not change their firewalls. */
export async function warnOfClosed(options: WorkflowOptions, session: PreflightedSession): Promise<void> {
  const {existingNodes = []} = session
  if (options.joinTo === undefined || !isAsked(options)) return
  const opens = closedSeedControlPlane(options, session)
  const openedName = opens === undefined ? undefined : seedNode(opens, existingNodes).name
  const asked = existingNodes.filter(({name}) => name !== openedName)
  await Promise.all(
    session.candidates.map(async ({spec, host, gathered}) => {
      const node = session.nodes.find(one => one.host === spec)
      if (node === undefined || gathered.facts.clusterCaHash !== undefined) return
      for (const {name} of await closedTo({host, node, existingNodes: asked, signal: options.signal})) {
        options.emit({
          type: 'warning',
          host: node.name,
          message: `the firewall of ${name} blocks its connections to the kubelet; run kadm apply with a file that contains both, or run on ${name}: sudo ufw allow from ${node.address}`,
          at: options.clock.now(),
        })
      }
    }),
  )
}
