import type {HostSpec} from '../../domain/cluster.ts'
import {isUnreachable, isWithoutAnswer, KadmError} from '../../domain/errors.ts'
import type {AskedMember} from '../../domain/etcd.ts'
import {usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import {missingControlPlanes, type RunNode, type Suspect} from '../../domain/replaced.ts'
import type {ListedNode} from '../../domain/removal.ts'
import {DEAD_RULES} from '../../kube/drain/drain-plan.ts'
import {podsOfNode} from '../../kube/drain/drain.ts'
import type {KubeClient} from '../../kube/client.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import type {ControlPlane} from '../cluster/control-plane.ts'
import {clusterLeaseOf} from '../lease/cluster-lease-of.ts'
import type {WorkflowOptions} from '../workflows/options.ts'
import type {Session} from '../workflows/session.ts'
import {DEAD_DRAIN} from './drain-settings.ts'
import {leaveCluster} from './leave-cluster.ts'
import {listedNodes} from './listed-nodes.ts'
import {removalPlan, type LeaverWithPods, type RemovalPlan} from './removal-plan.ts'
import {signOfLife} from '../../kube/signs-of-life.ts'

/** Lost control planes that a run removes before new ones join. */
export interface Replacement {
  readonly plan: RemovalPlan
  /** The nodes of the cluster before it. */
  readonly nodes: readonly ListedNode[]
  /** Whether a new control plane waits for it. */
  readonly isNeeded: boolean
}

type Options = Pick<WorkflowOptions, 'clock' | 'signal'>

/**
 * Finds control planes that the file does not list and that are dead: their kubelet is silent, and so is their member of
 * etcd. Undefined when there are none. Throws when a new host has the name of one that works.
 */
export async function findLost(
  options: Options,
  session: Session,
  progress: (message: string) => void,
): Promise<Replacement | undefined> {
  const {controlPlane, existingNodes, candidates} = session
  const run = runNodesOf(session)
  const isNeeded = run.some(({isNew}) => isNew)
  const isThere = candidates.some(({gathered}) => gathered.facts.clusterCaHash !== undefined)
  const hasOthers = existingNodes?.some(({role}) => role === 'control-plane') === true
  if (controlPlane === undefined || existingNodes === undefined || !isThere || !(isNeeded || hasOthers))
    return undefined
  const known = await readMembers(session, controlPlane)
  if (known === undefined) return undefined
  const suspects = missingControlPlanes({...known, run, skipped: (session.skipped ?? []).flatMap(placesOf)})
  const api = await controlPlane.api()
  const watched = await onEach(suspects, MACHINES_AT_ONCE, async suspect => {
    const watching = {api, clock: options.clock, signal: options.signal, progress}
    return {suspect, sign: suspect.isListed ? await signOfLife(suspect.name, watching) : undefined}
  })
  watched.forEach(({suspect, sign}) => refuseNamesake(suspect, sign, known.members))
  const dead = watched.filter(({sign}) => sign === undefined).map(({suspect}) => suspect)
  if (dead.length === 0) return undefined
  const leavers = await withPods(dead, api, options.signal)
  const rest = {budgets: [], rules: DEAD_RULES, disableEviction: true, now: options.clock.now()}
  return {
    plan: removalPlan({leavers, nodes: known.listed, members: known.members, ...rest}),
    nodes: known.listed,
    isNeeded,
  }
}

const placesOf = ({name, nodeName, address, ssh}: HostSpec): readonly string[] =>
  [name, nodeName, address, ssh === 'local' ? undefined : ssh.address].filter(text => text !== undefined)

const runNodesOf = ({nodes, candidates, initialControlPlane}: Session): readonly RunNode[] =>
  nodes.map(node => {
    const facts = candidates.find(({spec}) => spec === node.host)?.gathered.facts
    const isMember = facts?.files[`${MANIFESTS_DIR}/etcd.yaml`] !== undefined
    const isNew = node.role === 'control-plane' && node !== initialControlPlane && !isMember
    return {name: node.name, address: node.address, isNew}
  })

interface Known {
  readonly listed: readonly ListedNode[]
  readonly members: readonly AskedMember[]
}

/** Undefined when the cluster does not answer now: the phases that need it report that. */
async function readMembers({cluster}: Session, controlPlane: ControlPlane): Promise<Known | undefined> {
  try {
    const listed = await listedNodes(await controlPlane.api(), {retryForMs: 0})
    const members = usesExternalEtcd(cluster) ? [] : await (await controlPlane.etcd()).askMembers({retryForMs: 0})
    return {listed, members}
  } catch (error) {
    if (isWithoutAnswer(error) || isUnreachable(error)) return undefined
    throw error
  }
}

const withPods = (dead: readonly Suspect[], api: KubeClient, signal: AbortSignal): Promise<readonly LeaverWithPods[]> =>
  onEach(dead, MACHINES_AT_ONCE, async suspect => ({
    ...suspect,
    pods: suspect.isListed ? await podsOfNode(api, suspect.name, signal) : [],
  }))

function refuseNamesake(suspect: Suspect, sign: string | undefined, members: readonly AskedMember[]): void {
  const {name, address = 'another address', isNamesake} = suspect
  const works =
    sign ?? (members.some(member => member.name === name && member.isHealthy) ? 'its etcd answers' : undefined)
  if (!isNamesake || works === undefined) return
  throw new KadmError('preflight', `the cluster has a control plane ${name} at ${address} that works: ${works}`, {
    hint: `give the new host another name, or remove the other machine first: kadm remove ${name}`,
  })
}

/** Removes lost control planes from the cluster; returns the number of changes. */
export async function removeLost(
  options: WorkflowOptions,
  {controlPlane}: Session,
  {plan, nodes}: Replacement,
): Promise<number> {
  if (controlPlane === undefined) throw new Error('a lost control plane was found without a control plane')
  return leaveCluster(plan, {
    ...options,
    access: {api: await controlPlane.api(), etcd: controlPlane.etcd, through: controlPlane.host},
    clusterLease: clusterLeaseOf(options),
    leaseOf: () => undefined,
    drain: DEAD_DRAIN,
    nodes,
  })
}

/** The session as it is after the removal: no firewall and no load balancer needs the lost nodes any more. */
export function withoutLost(session: Session, {plan}: Replacement): Session {
  const gone = new Set(plan.removals.map(({name}) => name))
  return {...session, existingNodes: session.existingNodes?.filter(({name}) => !gone.has(name))}
}
