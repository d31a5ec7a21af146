import {firewallPhase, FIREWALL_PHASE, isOpenedByKadm} from '../../phases/host/firewall.ts'
import type {Lease} from '../lease/lease.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from '../workflows/options.ts'
import {closedTo, neighbourNode} from '../cluster/existing-nodes.ts'
import type {Run} from '../schedule/run.ts'
import {runOf, type Judged} from '../schedule/run-of.ts'

const isAsked = ({steps}: WorkflowOptions): boolean => steps.some(({path}) => path === FIREWALL_PHASE)

/** The control plane that is joined, where its firewall has to learn of the new nodes first. */
export const closedNeighbour = (options: WorkflowOptions, {neighbour}: Judged): Candidate | undefined =>
  neighbour !== undefined && isAsked(options) && isOpenedByKadm(neighbour.gathered.facts) ? neighbour : undefined

/** Nothing but the firewall of that control plane. */
export function letInRun(options: WorkflowOptions, opened: Judged, neighbour: Candidate, lease?: Lease): Run {
  const node = neighbourNode(neighbour, opened.others ?? [])
  const machine = {host: neighbour.host, facts: neighbour.gathered.facts, node, lease}
  return {
    ...runOf(options, opened, [machine]),
    nodes: [...opened.nodes, node],
    others: opened.others?.filter(({name}) => name !== node.name),
    steps: [{path: FIREWALL_PHASE, phase: firewallPhase}],
  }
}

/** Tells of nodes that a new one gets no answer from: nothing of this run reaches into their firewalls. */
export async function warnOfClosed(options: WorkflowOptions, opened: Judged): Promise<void> {
  const {neighbour, others = []} = opened
  if (neighbour === undefined || !isAsked(options)) return
  const opens = closedNeighbour(options, opened)
  const openedName = opens === undefined ? undefined : neighbourNode(opens, others).name
  const asked = others.filter(({name}) => name !== openedName)
  await Promise.all(
    opened.candidates.map(async ({spec, host, gathered}) => {
      const node = opened.nodes.find(one => one.host === spec)
      if (node === undefined || gathered.facts.clusterCaHash !== undefined) return
      for (const {name} of await closedTo({host, node, others: asked, signal: options.signal})) {
        options.emit({
          type: 'warning',
          host: node.name,
          message: `${name} lets nothing of it through to its kubelet; give its firewall the rules of kadm: kadm apply with a file that has both, or on ${name}: sudo ufw allow from ${node.address}`,
          at: options.clock.now(),
        })
      }
    }),
  )
}
