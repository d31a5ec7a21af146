import {KadmError} from '../../domain/errors.ts'
import {mayAdd, mayRemove, type AskedMember, type EtcdPeer} from '../../domain/etcd.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import {EtcdError} from '../../kube/etcd/etcd-error.ts'
import type {JoiningPeer} from '../../resources/core/values.ts'

/**
 * Makes a host a learner of etcd and returns all members for its first start. Nothing happens while etcd could lose
 * its quorum by it. A member that ran on the host before and whose data is gone is removed first.
 */
export async function joinEtcd(
  etcd: Pick<EtcdClient, 'askMembers' | 'addLearner' | 'remove' | 'members'>,
  peer: JoiningPeer,
  sleep: (ms: number) => Promise<void>,
): Promise<readonly EtcdPeer[]> {
  const {name, peerUrl} = peer
  const isOwn = ({peerUrls}: Pick<AskedMember, 'peerUrls'>): boolean => peerUrls.includes(peerUrl)
  const before = await settledMembers(etcd, {isOwn, tries: TRIES}, sleep)
  const own = before.find(isOwn)
  const isReplaced = own !== undefined && own.name !== '' && !peer.hasData
  if (isReplaced) {
    allow(mayRemove(before, own.id), `remove the former etcd member of ${name}, whose data is gone`)
    await etcd.remove(own.id)
  }
  if (own === undefined || isReplaced) {
    const rest = before.filter(member => !isOwn(member))
    allow(mayAdd(rest), `add ${name} to etcd`)
    await addWhenFree(etcd, peerUrl, sleep)
  }
  return (await etcd.members()).flatMap(member =>
    member.peerUrls.map(url => ({
      name: isOwn(member) ? name : member.name === '' ? member.id : member.name,
      peerUrl: url,
    })),
  )
}

/** As kubeadm waits for a cluster whose last member has just joined. */
const TRIES = 8
const PAUSE_MS = 5000

/** The members, as soon as all others answer; those that do not answer in time are judged as they are. */
export async function settledMembers(
  etcd: Pick<EtcdClient, 'askMembers'>,
  {isOwn, tries}: {readonly isOwn: (member: AskedMember) => boolean; readonly tries: number},
  sleep: (ms: number) => Promise<void>,
): Promise<readonly AskedMember[]> {
  for (let left = tries - 1; ; left--) {
    const members = await etcd.askMembers()
    if (left <= 0 || members.every(member => member.isHealthy || isOwn(member))) return members
    await sleep(PAUSE_MS)
  }
}

/** As kubeadm waits for etcd (timeouts.etcdAPICall), in pauses. */
const TURNS = 24

/** etcd takes one learner at a time; the other one may join from its own machine in another run. */
async function addWhenFree(
  etcd: Pick<EtcdClient, 'addLearner'>,
  peerUrl: string,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  for (let left = TURNS; ; left--) {
    try {
      await etcd.addLearner(peerUrl)
      return
    } catch (error) {
      if (left <= 0 || !(error instanceof EtcdError) || error.reason !== 'too-many-learners') throw error
      await sleep(PAUSE_MS)
    }
  }
}

function allow(may: true | string, doing: string): void {
  if (may === true) return
  throw new KadmError('remote', `could not ${doing}: ${may}`, {
    hint: 'start the control planes that are down, or remove the lost ones (kadm remove NODE --dead), then run the same command again: kadm status',
  })
}
