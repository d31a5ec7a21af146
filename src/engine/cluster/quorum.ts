import type {Cluster, Node} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {memberAt, withoutQuorum, type AskedMember} from '../../domain/etcd.ts'
import type {Facts} from '../../domain/facts.ts'
import {usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'

export type OpenEtcd = () => Promise<Pick<EtcdClient, 'askMembers'>>

const START_OR_RESTORE =
  'start the machines that do not answer, then run the same command again. If they are lost: kadm etcd backup etcd.db --to HOST saves the data of a member that answers, and kadm etcd restore etcd.db -f kadm.yaml starts the cluster again with them, on the machines that the file still lists'

/** Throws `preflight`, with the numbers, when these members have no quorum. Nothing follows from no members. */
export function refuseLost(members: readonly AskedMember[], doing: string): void {
  const lost = members.length === 0 ? undefined : withoutQuorum(members)
  if (lost !== undefined)
    throw new KadmError('preflight', `${doing}: ${lost}; nothing was changed`, {hint: START_OR_RESTORE})
}

/**
 * Throws `preflight`, with the numbers, when etcd has no quorum, so that no API server can answer. Returns when etcd
 * does not say so.
 */
export const refuseWithoutQuorum = async (etcd: OpenEtcd, doing: string): Promise<void> =>
  refuseLost(await knownMembers(etcd), doing)

/** What a run knows of its machines before it asks etcd. */
export interface RunMembers {
  readonly cluster: Pick<Cluster, 'kubeadm'>
  /** The nodes of the run. */
  readonly nodes: readonly Pick<Node, 'name' | 'role' | 'address'>[]
  readonly factsOf: (node: RunMembers['nodes'][number]) => Pick<Facts, 'files'> | undefined
  readonly etcd: OpenEtcd
}

/**
 * Throws `preflight`, with the numbers, before a run works on a cluster whose etcd has lost its quorum. Members on machines of the run
 * count as if they answered: the run itself starts them again.
 */
export async function requireQuorum(run: RunMembers): Promise<void> {
  const own = ownMembers(run)
  if (own.length === 0 || usesExternalEtcd(run.cluster)) return
  refuseLost(
    (await knownMembers(run.etcd)).map(member => startedBy(own, member)),
    'the cluster cannot store anything',
  )
}

/** The control planes of the run that are members of etcd already. */
export const ownMembers = ({nodes, factsOf}: RunMembers): RunMembers['nodes'] =>
  nodes.filter(
    node => node.role === 'control-plane' && factsOf(node)?.files[`${MANIFESTS_DIR}/etcd.yaml`] !== undefined,
  )

/** The member as it is when the run has started the members on its own machines. */
export const startedBy = (own: RunMembers['nodes'], member: AskedMember): AskedMember => ({
  ...member,
  isHealthy: member.isHealthy || own.some(({address}) => memberAt([member], address) !== undefined),
})

/** The members as one of them knows them, within seconds; none when it does not answer. One without a leader answers, and works again with the others. */
export async function knownMembers(etcd: OpenEtcd): Promise<readonly AskedMember[]> {
  try {
    const members = await (await etcd()).askMembers({withoutQuorum: true, retryForMs: 0})
    return members.map(member => ({...member, isHealthy: member.status !== undefined}))
  } catch (error) {
    if (error instanceof KadmError && error.code !== 'cancelled') return []
    throw error
  }
}
