import {KadmError} from '../../domain/errors.ts'
import {labelOf, mayAdd, mayRemove, type AskedMember, type EtcdMember, type EtcdPeer} from '../../domain/etcd.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import {EtcdError, type EtcdReason} from '../../kube/etcd/etcd-error.ts'
import type {JoiningPeer} from '../../resources/core/values.ts'

/**
 * Makes a host a learner of etcd and returns all members for its first start. Nothing happens while etcd could lose
 * its quorum by it. A member that ran on the host before and whose data is gone is removed first.
 */
export async function joinEtcd(etcd: Joinable, peer: JoiningPeer, sleep: Sleep): Promise<readonly EtcdPeer[]> {
  const {name, peerUrl} = peer
  const isOwn = ({peerUrls}: Pick<AskedMember, 'peerUrls'>): boolean => peerUrls.includes(peerUrl)
  const before = await settledMembers(etcd, {isOwn, tries: TRIES}, sleep)
  const own = before.find(isOwn)
  const isReplaced = own !== undefined && own.name !== '' && !peer.hasData
  if (isReplaced) {
    allow(mayRemove(before, own.id), `remove the former etcd member of ${name}, whose data is gone`)
    await etcd.remove(own.id)
  }
  if (own === undefined || isReplaced) await addInTurn(etcd, peer, sleep)
  return (await etcd.members()).flatMap(member =>
    member.peerUrls.map(url => ({
      name: isOwn(member) ? name : member.name === '' ? member.id : member.name,
      peerUrl: url,
    })),
  )
}

type Joinable = Pick<EtcdClient, 'askMembers' | 'addLearner' | 'remove' | 'members'>
type Sleep = (ms: number) => Promise<void>

/** About 40 s in all, as kubeadm waits for a cluster whose last member has just joined. */
const TRIES = 12
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5000

/**
 * The members, as soon as all voters besides the own one answer; those that do not answer in time are judged as they are. A learner
 * may still be starting.
 */
export async function settledMembers(
  etcd: Pick<EtcdClient, 'askMembers'>,
  {isOwn, tries}: {readonly isOwn: (member: AskedMember) => boolean; readonly tries: number},
  sleep: Sleep,
): Promise<readonly AskedMember[]> {
  for (let tried = 1, pause = FIRST_PAUSE_MS; ; tried++, pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const members = await etcd.askMembers()
    if (tried >= tries || members.every(member => member.isHealthy || member.isLearner || isOwn(member))) return members
    await sleep(pause)
  }
}

/** As long as a member may take to start and then to receive all data (twice kubeadm's timeouts.etcdAPICall). */
const TURNS = 480
const TURN_MS = 500

/**
 * Adds the host when no other member is a learner: etcd takes one at a time. The other one may join from another machine of this run,
 * or in another run; the host waits as long as those before it come and go.
 */
async function addInTurn(etcd: Joinable, {name, peerUrl}: JoiningPeer, sleep: Sleep): Promise<void> {
  let ahead: EtcdMember | undefined
  let refusal: unknown
  for (let left = TURNS; left >= 0; left--) {
    const other = (await etcd.members()).find(({isLearner}) => isLearner)
    if (other === undefined) {
      allow(mayAdd(await settledMembers(etcd, {isOwn: () => false, tries: TRIES}, sleep)), `add ${name} to etcd`)
      refusal = await refusedTurn(etcd.addLearner(peerUrl))
      if (refusal === undefined) return
    } else if (other.id !== ahead?.id) left = TURNS
    ahead = other
    await sleep(TURN_MS)
  }
  throw ahead === undefined ? refusal : stuckBehind(ahead, name)
}

/**
 * Another host was faster, or etcd still refuses changes: it does so until all voters have been connected for 5 s (HealthInterval,
 * etcd server/etcdserver/server.go).
 */
const refusedTurn = async (adding: Promise<unknown>): Promise<EtcdError | undefined> => {
  try {
    await adding
    return undefined
  } catch (error) {
    if (error instanceof EtcdError && PASSES.includes(error.reason)) return error
    throw error
  }
}

const PASSES: readonly EtcdReason[] = ['too-many-learners', 'unhealthy-cluster']

const stuckBehind = (other: EtcdMember, name: string): KadmError =>
  new KadmError(
    'timeout',
    `could not add ${name} to etcd: etcd takes one new member at a time, and ${labelOf(other)} still has no vote after ${String((TURNS * TURN_MS) / 1000)} s`,
    {
      hint: 'run the join of that machine again, or remove it with kadm remove NODE --dead; kadm etcd members shows all members',
    },
  )

function allow(may: true | string, doing: string): void {
  if (may === true) return
  throw new KadmError('remote', `could not ${doing}: ${may}`, {
    hint: 'start the control planes that are down, or remove the lost ones (kadm remove NODE --dead), then run the same command again: kadm status',
  })
}
