import {KadmError} from '../../domain/errors.ts'
import {mayAdd, memberAt} from '../../domain/etcd.ts'
import {usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {knownMembers, ownMembers, startedBy, type RunMembers} from './quorum.ts'

export interface Grown extends RunMembers {
  /** Addresses of members that the run removes first. */
  readonly leaving: readonly string[]
}

/**
 * Throws `preflight`, with the numbers, before a run adds control planes to a cluster whose etcd could lose its quorum by that. Only
 * members outside the run count as down: the run itself starts the others again. Returns when etcd does not answer: the phases
 * that need it report that.
 */
export async function requireRoom(run: Grown): Promise<void> {
  const {cluster, nodes, leaving, etcd} = run
  const own = ownMembers(run)
  const joining = nodes.filter(node => node.role === 'control-plane' && !own.includes(node))
  if (joining.length === 0 || own.length === 0 || usesExternalEtcd(cluster)) return
  const gone = [...joining.map(({address}) => address), ...leaving]
  const members = (await knownMembers(etcd))
    .filter(member => !gone.some(address => memberAt([member], address) !== undefined))
    .map(member => startedBy(own, member))
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
