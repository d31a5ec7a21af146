import type {EtcdMember} from '../../domain/etcd.ts'
import {at, isObject, listAt, textAt} from '../json.ts'

/** What a member reports about itself. */
export interface EtcdStatus {
  readonly memberId: string
  /** Undefined while there is no leader. */
  readonly leaderId: string | undefined
  readonly version: string
  readonly revision: number
  readonly raftTerm: number
  readonly raftIndex: number
  readonly raftAppliedIndex: number
  readonly dbSizeBytes: number
  /** Less than `dbSizeBytes` when a defragmentation would free space. */
  readonly dbInUseBytes: number
  readonly isLearner: boolean
  readonly errors: readonly string[]
}

export interface EtcdAlarm {
  readonly memberId: string
  /** `NOSPACE` or `CORRUPT`. */
  readonly kind: string
}

/** The gateway writes 64-bit numbers as decimal text, and leaves out those that are 0. */
const decimal = (value: unknown, ...path: readonly string[]): string => {
  const found = at(value, ...path)
  return typeof found === 'string' && /^\d+$/.test(found) ? found : typeof found === 'number' ? String(found) : '0'
}

const whole = (value: unknown, ...path: readonly string[]): number => Number(decimal(value, ...path))
const idAt = (value: unknown, ...path: readonly string[]): string => BigInt(decimal(value, ...path)).toString(16)

/** The id of a member as a request of the gateway takes it. */
export const decimalId = (id: string): string => BigInt(`0x${id}`).toString()

const texts = (value: unknown, ...path: readonly string[]): readonly string[] =>
  listAt(value, ...path).filter((one): one is string => typeof one === 'string')

const memberOf = (value: unknown): EtcdMember => ({
  id: idAt(value, 'ID'),
  name: textAt(value, 'name') ?? '',
  peerUrls: texts(value, 'peerURLs'),
  clientUrls: texts(value, 'clientURLs'),
  isLearner: at(value, 'isLearner') === true,
})

export const membersIn = (answer: unknown): readonly EtcdMember[] =>
  listAt(answer, 'members').filter(isObject).map(memberOf)

/** The id of the member that an answer to `member/add` is about. */
export const addedIdIn = (answer: unknown): string => idAt(answer, 'member', 'ID')

export function statusIn(answer: unknown): EtcdStatus {
  const leaderId = idAt(answer, 'leader')
  return {
    memberId: idAt(answer, 'header', 'member_id'),
    leaderId: leaderId === '0' ? undefined : leaderId,
    version: textAt(answer, 'version') ?? '',
    revision: whole(answer, 'header', 'revision'),
    raftTerm: whole(answer, 'raftTerm'),
    raftIndex: whole(answer, 'raftIndex'),
    raftAppliedIndex: whole(answer, 'raftAppliedIndex'),
    dbSizeBytes: whole(answer, 'dbSize'),
    dbInUseBytes: whole(answer, 'dbSizeInUse'),
    isLearner: at(answer, 'isLearner') === true,
    errors: texts(answer, 'errors'),
  }
}

export const alarmsIn = (answer: unknown): readonly EtcdAlarm[] =>
  listAt(answer, 'alarms')
    .filter(isObject)
    .map(alarm => ({memberId: idAt(alarm, 'memberID'), kind: textAt(alarm, 'alarm') ?? ''}))
