import {KadmError, type ErrorDetails} from '../../domain/errors.ts'
import {parseJson, textAt} from '../json.ts'

/** Why etcd refused a request, so that no other code compares its messages. */
export type EtcdReason =
  | 'learner-not-ready'
  | 'too-many-learners'
  | 'not-a-learner'
  | 'peer-url-exists'
  | 'member-not-found'
  | 'not-enough-started'
  | 'unhealthy-cluster'
  | 'no-leader'
  | 'timed-out'
  | 'no-space'
  | 'corrupt'
  | 'other'

/** A refusal of etcd itself. */
export class EtcdError extends KadmError {
  readonly reason: EtcdReason

  constructor(reason: EtcdReason, message: string, details: ErrorDetails = {}) {
    super(reason === 'timed-out' ? 'timeout' : 'remote', message, details)
    this.reason = reason
  }
}

/** The words of etcd (api/v3rpc/rpctypes/error.go): the codes of gRPC are shared by several of them. */
const REASONS: readonly (readonly [string, EtcdReason])[] = [
  ['can only promote a learner member which is in sync with leader', 'learner-not-ready'],
  ['can only promote a learner member', 'not-a-learner'],
  ['too many learner members in cluster', 'too-many-learners'],
  ['Peer URLs already exists', 'peer-url-exists'],
  // etcd makes the id of a member from its URL and the time in seconds.
  ['member ID already exist', 'peer-url-exists'],
  ['member not found', 'member-not-found'],
  ['re-configuration failed due to not enough started members', 'not-enough-started'],
  ['unhealthy cluster', 'unhealthy-cluster'],
  ['no leader', 'no-leader'],
  ['request timed out', 'timed-out'],
  ['database space exceeded', 'no-space'],
  ['corrupt cluster', 'corrupt'],
]

const HINTS: Partial<Record<EtcdReason, string>> = {
  'too-many-learners':
    'etcd accepts one new member at a time: wait until the other machine has joined, then run the same command again',
  'not-enough-started': 'start the control planes that are down, then run the same command again: kadm status',
  'unhealthy-cluster': 'start the control planes that are down, then run the same command again: kadm status',
  'no-leader': 'more than half of the members must run: start the control planes that are down; kadm status shows them',
  'timed-out': 'more than half of the members must run, on disks that are fast enough: kadm doctor shows the cause',
  'no-space':
    'the database has reached its limit; delete objects that you do not need, then free their space and clear the alarm: kadm etcd defrag',
}

/** Whether the same request may succeed a moment later. */
export const isPassing = (error: unknown): boolean =>
  error instanceof EtcdError &&
  ['no-leader', 'timed-out', 'unhealthy-cluster', 'learner-not-ready'].includes(error.reason)

/** The error in an answer of the JSON gateway: `{"code":5,"message":"etcdserver: member not found"}`. */
export function etcdError(
  doing: string,
  where: string,
  answer: {readonly status: number; readonly text: string},
): EtcdError {
  const body = parseJson(answer.text)
  const said = textAt(body, 'message') ?? textAt(body, 'error', 'message') ?? textAt(body, 'error')
  const words = said ?? `HTTP ${String(answer.status)}`
  const reason = REASONS.find(([text]) => words.includes(text))?.[1] ?? 'other'
  const hint = HINTS[reason]
  return new EtcdError(reason, `could not ${doing}: etcd on ${where} answered: ${words}`, {
    ...(said === undefined && answer.text !== '' ? {evidence: answer.text.slice(0, 2000)} : {}),
    ...(hint === undefined ? {} : {hint}),
  })
}
