import {isUnreachable, KadmError} from '../../domain/errors.ts'
import {labelOf, pauseOrder} from '../../domain/etcd.ts'
import type {EtcdClient, MemberReport} from '../../kube/etcd/etcd-client.ts'

/** The size of the database of one member before and after, in bytes. */
export interface Defragmented {
  readonly member: string
  readonly beforeBytes: number
  readonly afterBytes: number
}

export interface DefragOptions {
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
  /** Called after each member. */
  readonly onDone: (done: Defragmented) => void
}

export interface DefragReport {
  readonly members: readonly Defragmented[]
  /** Alarms of a full database that were cleared. */
  readonly cleared: readonly string[]
}

type Etcd = Pick<EtcdClient, 'askMembers' | 'defragment' | 'waysTo' | 'status' | 'alarms' | 'disarm'>

/**
 * Frees the space of deleted data in one member after the other, the leader last, and then clears the alarms of full databases. Begins
 * with a member only while all of them answer.
 */
export async function defragmentAll(etcd: Etcd, options: DefragOptions): Promise<DefragReport> {
  const {signal} = options
  const order = ordered(await allAnswering(etcd, options))
  const members: Defragmented[] = []
  for (const [i, member] of order.entries()) {
    if (i > 0) ordered(await allAnswering(etcd, options))
    const done = await defragment(etcd, member, signal)
    members.push(done)
    options.onDone(done)
  }
  const full = (await etcd.alarms({signal})).filter(({kind}) => kind === 'NOSPACE')
  for (const alarm of full) await etcd.disarm(alarm, {signal})
  const cleared = full.map(({memberId}) => labelIn(order, memberId))
  return {members, cleared}
}

const labelIn = (members: readonly MemberReport[], id: string): string => {
  const found = members.find(member => member.id === id)
  return found === undefined ? id : labelOf(found)
}

function ordered(members: readonly MemberReport[]): readonly MemberReport[] {
  const judged = members.map(member => ({
    ...member,
    answers: member.status !== undefined,
    isLeader: member.status?.leaderId === member.id,
  }))
  const order = pauseOrder(judged)
  if (typeof order !== 'string') return order
  throw new KadmError('preflight', `cannot defragment etcd: ${order}`, {
    hint: 'start the control planes that are down, then run the same command again; kadm etcd status shows them',
  })
}

/** After a defragmentation, a member may need a moment until it answers. */
const TRIES = 6
const PAUSE_MS = 5000

async function allAnswering(etcd: Etcd, {sleep, signal}: DefragOptions): Promise<readonly MemberReport[]> {
  for (let left = TRIES - 1; ; left--) {
    const members = await etcd.askMembers({signal})
    const isWhole =
      members.every(({status}) => status !== undefined) && members.some(({status, id}) => status?.leaderId === id)
    if (isWhole || left <= 0) return members
    await sleep(PAUSE_MS)
  }
}

async function defragment(etcd: Etcd, member: MemberReport, signal: AbortSignal): Promise<Defragmented> {
  const failures: KadmError[] = []
  for (const way of etcd.waysTo(member)) {
    try {
      await etcd.defragment(way, {signal})
      const {dbSizeBytes} = await etcd.status(way, {signal})
      return {member: labelOf(member), beforeBytes: member.status?.dbSizeBytes ?? 0, afterBytes: dbSizeBytes}
    } catch (error) {
      if (!isUnreachable(error)) throw error
      failures.push(error)
    }
  }
  throw failures[0] ?? new KadmError('connect', `no address of ${labelOf(member)} is known`)
}
