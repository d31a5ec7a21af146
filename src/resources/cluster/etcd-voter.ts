import {isWithoutAnswer, KadmError} from '../../domain/errors.ts'
import type {EtcdMember} from '../../domain/etcd.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import {EtcdError} from '../../kube/etcd/etcd-error.ts'
import {waitFor, type WaitOptions} from '../../kube/wait.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation, OperationContext} from '../core/operation.ts'
import {AT_ONCE} from './api-look.ts'
import {laneWait} from './lane-wait.ts'

/** A node whose etcd is a member with a vote. It joins as a learner, and gets its vote when it has all data. */
export interface EtcdVoterResource extends ResourceBase {
  readonly kind: 'etcd-voter'
  readonly node: string
  /** The name of the member in etcd. */
  readonly peerUrl: string
  readonly deadlineMs: number
}

export const etcdVoter = (wanted: Omit<EtcdVoterResource, 'kind' | 'id'>): EtcdVoterResource => ({
  kind: 'etcd-voter',
  id: `etcd-voter:${wanted.node}`,
  ...wanted,
})

const ownMember = async (etcd: EtcdClient, peerUrl: string): Promise<EtcdMember | undefined> =>
  (await etcd.members(AT_ONCE)).find(({peerUrls}) => peerUrls.includes(peerUrl))

export const etcdVoterOperation: Operation<EtcdVoterResource> = {
  look: async ({peerUrl}, {etcd}) => {
    try {
      const member = await ownMember(await etcd(), peerUrl)
      if (member === undefined) return 'is not a member of etcd yet'
      return member.isLearner ? 'has no vote in etcd yet' : undefined
    } catch (error) {
      if (isWithoutAnswer(error)) return 'etcd does not answer yet'
      throw error
    }
  },
  act: async (resource, context) => {
    const etcd = await context.etcd()
    const {id} = await started(resource, context, etcd)
    await waitFor(waiting(resource, context, 'receive all data'), async () => {
      try {
        await etcd.promote(id, AT_ONCE)
        return {value: true}
      } catch (error) {
        return passing(error)
      }
    })
    await waitFor(waiting(resource, context, 'answer as a voter'), async () => {
      try {
        const own = (await etcd.askMembers(AT_ONCE)).find(member => member.id === id)
        return own?.isHealthy === true ? {value: true} : {seen: 'it does not answer yet'}
      } catch (error) {
        return passing(error)
      }
    })
    return 'changed'
  },
}

const started = (resource: EtcdVoterResource, context: OperationContext, etcd: EtcdClient): Promise<EtcdMember> =>
  waitFor(waiting(resource, context, 'start'), async () => {
    try {
      const member = await ownMember(etcd, resource.peerUrl)
      if (member === undefined) throw gone(resource)
      return member.name === '' ? {seen: 'it has not connected to the other members yet'} : {value: member}
    } catch (error) {
      return passing(error)
    }
  })

/** etcd needs a moment to agree on a leader while its members change. */
function passing(error: unknown): {readonly seen: string} {
  if (error instanceof EtcdError && error.reason !== 'member-not-found' && error.reason !== 'other')
    return {seen: error.message}
  throw error
}

const waiting = ({node, deadlineMs}: EtcdVoterResource, context: OperationContext, what: string): WaitOptions => ({
  what: `etcd on ${node} to ${what}`,
  deadlineMs,
  intervalMs: 500,
  ...laneWait(context),
  hint: `see why it does not: kadm doctor on ${node}; its log is in /var/log/pods there`,
  onSeen: seen => context.progress(`waiting for etcd: ${seen}`),
})

const gone = ({node, peerUrl}: EtcdVoterResource): KadmError =>
  new KadmError('remote', `etcd on ${node} is not a member any more: no member has the peer URL ${peerUrl}`, {
    hint: `another run removed it; run kadm reset for ${node}, then join it again`,
  })
