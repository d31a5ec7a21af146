import type {Cluster, Node} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {mayAdd, memberAt, type AskedMember} from '../../domain/etcd.ts'
import type {Facts} from '../../domain/facts.ts'
import {usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'

export interface Grown {
  readonly cluster: Pick<Cluster, 'kubeadm'>
  /** The nodes of the run. */
  readonly nodes: readonly Pick<Node, 'name' | 'role' | 'address'>[]
  readonly factsOf: (node: Grown['nodes'][number]) => Pick<Facts, 'files'> | undefined
  /** Addresses of members that the run removes first. */
  readonly leaving: readonly string[]
  readonly etcd: () => Promise<Pick<EtcdClient, 'askMembers'>>
}

/**
 * Throws `preflight`, with the numbers, before a run adds control planes to a cluster whose etcd could lose its quorum by that. Only
 * members outside the run count as down: the run itself starts the others again. Returns when etcd does not answer: the phases
 * that need it report that.
 */
export async function requireRoom({cluster, nodes, factsOf, leaving, etcd}: Grown): Promise<void> {
  const isMember = (node: Grown['nodes'][number]): boolean =>
    factsOf(node)?.files[`${MANIFESTS_DIR}/etcd.yaml`] !== undefined
  const controlPlanes = nodes.filter(({role}) => role === 'control-plane')
  const joining = controlPlanes.filter(node => !isMember(node))
  if (joining.length === 0 || !controlPlanes.some(isMember) || usesExternalEtcd(cluster)) return
  const gone = [...joining.map(({address}) => address), ...leaving]
  const members = (await ask(etcd))
    .filter(member => !gone.some(address => memberAt([member], address) !== undefined))
    .map(member => ({
      ...member,
      isHealthy: member.isHealthy || nodes.some(({address}) => memberAt([member], address) !== undefined),
    }))
  const may = members.length === 0 ? true : mayAdd(members)
  if (may === true) return
  throw new KadmError(
    'preflight',
    `${joining.map(({name}) => name).join(', ')} cannot join etcd: ${may}; nothing was changed`,
    {
      hint: 'start the control planes that are down, or take a lost one out of the cluster (kadm remove NODE --dead), then run the same command again; kadm etcd members shows them',
    },
  )
}

/** A member without a leader answers, and works again with the others. */
async function ask(etcd: Grown['etcd']): Promise<readonly AskedMember[]> {
  try {
    const members = await (await etcd()).askMembers({withoutQuorum: true, retryForMs: 0})
    return members.map(member => ({...member, isHealthy: member.status !== undefined}))
  } catch (error) {
    if (error instanceof KadmError && error.code !== 'cancelled') return []
    throw error
  }
}
