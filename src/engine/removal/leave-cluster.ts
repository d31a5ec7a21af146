import {KadmError} from '../../domain/errors.ts'
import {mayRemove, type AskedMember} from '../../domain/etcd.ts'
import {memberOf, type ListedNode} from '../../domain/removal.ts'
import {reportPhase, type Reporting} from '../../domain/span.ts'
import {drain, forceDeletePods} from '../../kube/drain/drain.ts'
import {podFate} from '../../kube/drain/pod-fate.ts'
import type {KubeClient} from '../../kube/client.ts'
import {guardedClient} from '../../kube/guarded-client.ts'
import {deleteNode} from '../../kube/nodes.ts'
import type {ClusterLease} from '../../kube/cluster-lease.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import type {Lease} from '../lease/lease.ts'
import type {ClusterAccess} from './cluster-access.ts'
import type {DrainSettings} from './drain-settings.ts'
import {repointClusterInfo} from './repoint.ts'
import type {PlannedRemoval, RemovalPlan} from './removal-plan.ts'

export interface LeaveOptions extends Reporting {
  readonly access: ClusterAccess
  readonly clusterLease: ClusterLease
  /** The lease of the machine of a node; undefined for a dead one. */
  readonly leaseOf: (node: string) => Lease | undefined
  readonly drain: DrainSettings
  readonly signal: AbortSignal
  /** Runs after the machines have left etcd and before their Node objects are deleted. */
  readonly before?: () => Promise<number>
  /** The nodes of the cluster before the removal. */
  readonly nodes: readonly ListedNode[]
}

/**
 * Removes machines from their cluster, and changes nothing on them. Each step looks first, and the Node objects go last: after a kill,
 * the same removal finds what is left. Returns the number of changes.
 */
export async function leaveCluster(plan: RemovalPlan, options: LeaveOptions): Promise<number> {
  const {clusterLease, access, signal} = options
  const {removals} = plan
  const [first] = removals
  if (first === undefined) return 0
  try {
    const drained = await onEach(removals, MACHINES_AT_ONCE, one => drainNode(one, options))
    const left: boolean[] = []
    for (const {node} of plan.members) {
      const removal = removals.find(({name}) => name === node)
      if (removal !== undefined) left.push(await leaveEtcd(removal, options))
    }
    const between = (await options.before?.()) ?? 0
    await clusterLease.take({api: access.api, signal, progress: () => undefined})
    const repointed = await repoint(removals, options)
    const deleted = await onEach(removals, MACHINES_AT_ONCE, one => leave(one, options))
    return [...drained, ...left, between, repointed, ...deleted].reduce<number>((sum, one) => sum + Number(one), 0)
  } finally {
    await clusterLease.release()
  }
}

async function repoint(removals: readonly PlannedRemoval[], options: LeaveOptions): Promise<boolean> {
  const leavers = removals.filter(({role}) => role === 'control-plane')
  const [first] = leavers
  if (first === undefined) return false
  return repointClusterInfo(apiFor(options, first.name), {leavers, nodes: options.nodes, signal: options.signal})
}

/** Both leases allow the write: that of the machine, and that of the cluster once it is taken. */
const guardOf =
  ({leaseOf, clusterLease}: LeaveOptions, node: string) =>
  async (): Promise<void> => {
    await leaseOf(node)?.confirm()
    await clusterLease.confirm()
  }

const apiFor = (options: LeaveOptions, node: string): KubeClient =>
  guardedClient(options.access.api, guardOf(options, node))

async function drainNode({name, isListed, isDead}: PlannedRemoval, options: LeaveOptions): Promise<number> {
  if (!isListed || isDead) return 0
  const {clock, signal, drain: settings} = options
  const api = apiFor(options, name)
  const about = {host: name, phase: 'drain', title: 'Drain the node'}
  return reportPhase(
    options,
    about,
    async progress => {
      const moved = await drain(api, name, {
        clock,
        signal,
        leaves: pod => podFate(pod, settings.rules, clock.now()).kind === 'leaves',
        deadlineMs: settings.timeoutMs,
        gracePeriodSeconds: settings.gracePeriodSeconds,
        disableEviction: settings.disableEviction,
        podSelector: settings.podSelector,
        onSeen: progress,
      }).catch((error: unknown) => {
        throw staysCordoned(error, name)
      })
      return moved.length
    },
    moved => moved,
  )
}

const staysCordoned = (error: unknown, node: string): unknown =>
  error instanceof KadmError && error.code === 'timeout'
    ? new KadmError('timeout', `could not drain ${node}: ${error.message}`, {
        host: node,
        cause: error,
        hint: `the node stays cordoned; run the same command again, or let pods on it again: kubectl uncordon ${node}`,
      })
    : error

async function leaveEtcd(removal: PlannedRemoval, options: LeaveOptions): Promise<boolean> {
  const {access, clusterLease, signal} = options
  const {name} = removal
  return reportPhase(
    options,
    {host: name, phase: 'leave-etcd', title: 'Remove the member of etcd'},
    async progress => {
      if (access.etcd === undefined) throw new Error('a member of etcd was found without etcd')
      const etcd = await access.etcd()
      await clusterLease.take({api: access.api, signal, progress})
      const member = await removable(removal, etcd, signal)
      if (member === undefined) return false
      await guardOf(options, name)()
      return etcd.remove(member.id, {signal})
    },
    isChanged => Number(isChanged),
  )
}

/** Judged again at the last moment: another member may have failed during the drain. */
async function removable(
  removal: PlannedRemoval,
  etcd: EtcdClient,
  signal: AbortSignal,
): Promise<AskedMember | undefined> {
  const members = await etcd.askMembers({signal})
  const member = memberOf(members, removal)
  if (member === undefined) return undefined
  const may = mayRemove(members, member.id)
  if (may === true) return member
  throw new KadmError('preflight', `cannot remove ${removal.name} from etcd: ${may}`, {
    host: removal.name,
    hint: 'start the control planes that are down, or add another one, then run the same command again; kadm etcd members shows them',
  })
}

/** Deletes the Node object and what still counts as running on it. */
async function leave({name}: PlannedRemoval, options: LeaveOptions): Promise<number> {
  const {signal} = options
  const api = apiFor(options, name)
  return reportPhase(
    options,
    {host: name, phase: 'leave', title: 'Remove the node from the cluster'},
    async () => {
      const isDeleted = await deleteNode(api, name, {signal})
      await forceDeletePods(api, name, signal)
      return Number(isDeleted)
    },
    changes => changes,
  )
}
