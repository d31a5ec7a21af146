import type {HostSpec} from '../../domain/cluster.ts'
import {detailsOf, isAway, KadmError} from '../../domain/errors.ts'
import {nodeNamed, type Leaver, type ListedNode} from '../../domain/removal.ts'
import type {Host} from '../../remote/host.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {openMachines, type Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from '../workflows/options.ts'
import {aliveLeaver, deadLeaver, unknownNode, type RemovalTarget} from './leaver-of.ts'

/** A leaver, and the machine for one that is alive. */
export interface FoundLeaver {
  readonly leaver: Leaver
  readonly candidate: Candidate | undefined
}

export interface FindOptions extends Pick<WorkflowOptions, 'cluster' | 'connect' | 'clock' | 'signal' | 'emit'> {
  readonly targets: readonly RemovalTarget[]
  readonly nodes: readonly ListedNode[]
  readonly isDead: boolean
  /** How kadm logs in to a node of which it knows only the address. */
  readonly specAt: (address: string) => HostSpec
  readonly connections: Host[]
}

/** Finds the node of each machine; connects to those that are not dead. */
export async function findLeavers(options: FindOptions): Promise<readonly FoundLeaver[]> {
  const {targets, nodes, isDead} = options
  const found = isDead
    ? targets.map((target): FoundLeaver => ({leaver: deadLeaver(target, nodes), candidate: undefined}))
    : await onEach(targets, MACHINES_AT_ONCE, target => aliveOne(target, options))
  return [...new Map(found.map(one => [one.leaver.name, one])).values()]
}

async function aliveOne(target: RemovalTarget, options: FindOptions): Promise<FoundLeaver> {
  const {nodes, specAt, connections} = options
  const known = target.spec ?? atNode(nodeNamed(nodes, target.named), specAt)
  if (known === undefined) throw unknownNode(target.named, nodes)
  const [candidate] = await openMachines([known], options, connections).catch((error: unknown) => {
    throw isAway(error) ? mayBeDead(error, target.named) : error
  })
  if (candidate === undefined) throw new Error(`${target.named} did not become a machine of the run`)
  return {candidate, leaver: aliveLeaver(target, candidate.gathered.facts, nodes)}
}

const atNode = (node: ListedNode | undefined, specAt: FindOptions['specAt']): HostSpec | undefined =>
  node?.address === undefined ? undefined : {...specAt(node.address), role: node.role}

const mayBeDead = (error: KadmError, named: string): KadmError =>
  new KadmError(error.code, error.message, {
    ...detailsOf(error),
    hint: `check that the machine is on and that this network reaches it; if it never comes back, run: kadm remove ${named} --dead`,
  })
