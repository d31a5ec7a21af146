import type {Cluster} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {splitHostPort} from '../../domain/endpoint.ts'
import {usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import type {ListedNode} from '../../domain/removal.ts'
import {podsOfNode} from '../../kube/drain/drain.ts'
import {conditionOf, textAt} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import type {AskedMember} from '../../domain/etcd.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {readLiveCluster} from '../cluster/live-cluster.ts'
import {refuseHeld} from '../lease/refuse-held.ts'
import type {WorkflowOptions} from '../workflows/options.ts'
import {caHashOf, type ClusterAccess} from './cluster-access.ts'
import {findLeavers, type FindOptions, type FoundLeaver} from './find-leavers.ts'
import {listedNodes} from './listed-nodes.ts'
import type {DrainSettings} from './drain-settings.ts'
import {removalPlan, type LeaverWithPods, type RemovalPlan} from './removal-plan.ts'
import {signOfLife} from '../../kube/signs-of-life.ts'

export interface LookOptions extends Omit<FindOptions, 'nodes'>, Pick<WorkflowOptions, 'holder' | 'takeLease'> {
  readonly access: ClusterAccess
  readonly drain: DrainSettings
  /** Says what kadm waits for. */
  readonly note: (message: string) => void
}

/** Everything that is known before a removal begins. */
export interface Removal {
  readonly plan: RemovalPlan
  readonly found: readonly FoundLeaver[]
  readonly nodes: readonly ListedNode[]
  /** The settings of the running cluster. */
  readonly live: Cluster
}

/** Reads everything that a removal depends on, and decides; changes nothing. */
export async function lookForRemoval(options: LookOptions): Promise<Removal> {
  const {access, signal, drain, clock} = options
  const {api} = access
  const nodes = await listedNodes(api, {signal})
  const found = await findLeavers({...options, nodes})
  const candidates = found.flatMap(({candidate}) => candidate ?? [])
  refuseHeld(candidates, options)
  refuseOtherClusters(found, access)
  const {cluster: live} = await readLiveCluster(api, options.cluster, {})
  const [leavers, budgets, members] = await Promise.all([
    onEach(found, MACHINES_AT_ONCE, one => withPods(one, options)),
    api.list(apiPath.podDisruptionBudgets(), {signal}),
    membersFor(found, live, options),
  ])
  const endpoint = live.controlPlaneEndpoint
  const endpointHost = endpoint === undefined ? undefined : splitHostPort(endpoint, live.apiPort).host
  const plan = removalPlan({leavers, nodes, members, budgets, endpointHost, now: clock.now(), ...drain})
  return {plan, found, nodes, live}
}

async function withPods({leaver}: FoundLeaver, options: LookOptions): Promise<LeaverWithPods> {
  const {access, clock, signal, note: progress, drain} = options
  const {name, isDead} = leaver
  const selector = isDead ? undefined : drain.podSelector
  const {api} = access
  const [pods, sign, node] = await Promise.all([
    podsOfNode(api, name, signal, selector),
    isDead ? signOfLife(name, {api, clock, signal, progress}) : undefined,
    api.get(apiPath.nodes(name), {signal}),
  ])
  const isSilent = node !== undefined && textAt(conditionOf(node, 'Ready'), 'status') === 'Unknown'
  return {...leaver, pods, signOfLife: sign, isSilent}
}

/** The members of etcd; none for a removal of workers, and where etcd is not on the control planes. */
async function membersFor(
  found: readonly FoundLeaver[],
  live: Cluster,
  {access, signal}: LookOptions,
): Promise<readonly AskedMember[]> {
  const [first] = found.filter(({leaver}) => leaver.role === 'control-plane')
  if (first === undefined) return []
  if (usesExternalEtcd(live)) return []
  if (access.etcd !== undefined) return (await access.etcd()).askMembers({signal})
  throw new KadmError('usage', `cannot remove the control plane ${first.leaver.name} with a kubeconfig only`, {
    hint: 'kadm must reach etcd: name another control plane with --to, or pass the cluster file with --file',
  })
}

function refuseOtherClusters(found: readonly FoundLeaver[], access: ClusterAccess): void {
  const own = caHashOf(access)
  for (const {leaver, candidate} of found) {
    const hash = candidate?.gathered.facts.clusterCaHash
    if (hash === undefined || own === undefined || hash === own) continue
    throw new KadmError('preflight', `the machine belongs to another cluster, so kadm does not remove ${leaver.name}`, {
      host: candidate?.host.name,
      hint: 'name a control plane of its own cluster with --to; kadm reset resets a machine without its cluster',
      evidence: `CA of the machine sha256:${hash.slice(0, 12)}…, CA of the cluster sha256:${own.slice(0, 12)}…`,
    })
  }
}
