import {KadmError} from '../../domain/errors.ts'
import {mayRemove, memberAt, type AskedMember} from '../../domain/etcd.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation} from '../core/operation.ts'

/** A host whose etcd must not be a member any more, because its machine leaves the cluster. */
export interface EtcdLeftResource extends ResourceBase {
  readonly kind: 'etcd-left'
  readonly node: string
  /** By which its peer URL is known. */
  readonly address: string
  /** `check` changes nothing; it only refuses a removal that would cost etcd its quorum. */
  readonly step: 'check' | 'remove'
}

export const etcdLeft = (wanted: Omit<EtcdLeftResource, 'kind' | 'id'>): EtcdLeftResource => ({
  kind: 'etcd-left',
  id: `etcd-left:${wanted.step}:${wanted.node}`,
  ...wanted,
})

/** The member of the node, which may leave; undefined when the host is not a member. Throws when it may not, with the numbers. */
async function leaver({node, address}: EtcdLeftResource, etcd: EtcdClient): Promise<AskedMember | undefined> {
  const members = await etcd.askMembers()
  const member = memberAt(members, address) ?? members.find(({name}) => name === node)
  if (member === undefined) return undefined
  const may = mayRemove(members, member.id)
  if (may === true) return member
  throw new KadmError('preflight', `cannot remove ${node} from etcd, so kadm reset nothing: ${may}`, {
    hint: 'start the control planes that are down, or add another one first; kadm status shows them',
  })
}

export const etcdLeftOperation: Operation<EtcdLeftResource> = {
  look: async (resource, {etcd}) => {
    const member = await leaver(resource, await etcd())
    return member === undefined || resource.step === 'check' ? undefined : 'is a member of etcd'
  },
  act: async (resource, context) => {
    const etcd = await context.etcd()
    // Another host may have left since the look.
    const member = await leaver(resource, etcd)
    return member !== undefined && (await etcd.remove(member.id)) ? 'changed' : 'unchanged'
  },
}
