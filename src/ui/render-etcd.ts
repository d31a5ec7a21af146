import {quorumOf, toleranceOf} from '../domain/etcd.ts'
import type {EtcdAlarm} from '../kube/etcd/etcd-answers.ts'
import type {MemberReport} from '../kube/etcd/etcd-client.ts'
import {table} from './columns.ts'
import {plural} from './words.ts'

/** What kadm knows of etcd: its members, and the alarms that stop it. */
export interface EtcdReport {
  readonly members: readonly MemberReport[]
  readonly alarms: readonly EtcdAlarm[]
}

const MEGABYTE = 1024 * 1024

/** `3.2 MB`, as etcdctl counts them. */
export const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`

function roleOf({id, isLearner, status}: MemberReport): string {
  if (isLearner) return 'learner'
  return status?.leaderId === id ? 'leader' : 'voter'
}

function stateOf({name, isHealthy, status}: MemberReport): string {
  if (name === '') return 'not started'
  if (isHealthy) return 'ok'
  if (status === undefined) return 'no answer'
  return status.errors.length === 0 ? 'no leader' : status.errors.join(', ')
}

/** How many voters answer, and how many etcd needs and may lose. */
function quorumText(members: readonly MemberReport[]): string {
  const voters = members.filter(({isLearner}) => !isLearner)
  const healthy = voters.filter(({isHealthy}) => isHealthy).length
  const needed = quorumOf(voters.length)
  const answering = `${String(healthy)} of ${plural(voters.length, 'voting member')} answer${healthy === 1 ? 's' : ''}; etcd needs ${String(needed)}`
  return healthy < needed
    ? `${answering}, so it writes nothing now`
    : `${answering}, so ${String(Math.min(healthy - needed, toleranceOf(voters.length)))} may fail`
}

/** The state of each member in numbers, then the quorum and the alarms. */
export function renderEtcdStatus({members, alarms}: EtcdReport): string {
  const rows = members.map(member => {
    const {status} = member
    const numbers =
      status === undefined
        ? ['-', '-', '-', '-', '-', '-']
        : [
            status.version,
            megabytes(status.dbSizeBytes),
            megabytes(status.dbInUseBytes),
            String(status.raftTerm),
            String(status.raftIndex),
            String(status.raftAppliedIndex),
          ]
    const own = alarms.filter(({memberId}) => memberId === member.id).map(({kind}) => kind)
    return [nameOf(member), member.id, roleOf(member), ...numbers, own.join(',') || '-', stateOf(member)]
  })
  const heading = [
    'member',
    'id',
    'role',
    'version',
    'db size',
    'in use',
    'raft term',
    'raft index',
    'applied',
    'alarms',
    'state',
  ]
  return [table(heading, rows), quorumText(members)].join('\n')
}

const nameOf = ({name}: MemberReport): string => (name === '' ? '-' : name)

/** A table of the members, then the quorum and the alarms. */
export function renderEtcd({members, alarms}: EtcdReport): string {
  const rows = members.map(member => [
    nameOf(member),
    member.id,
    roleOf(member),
    stateOf(member),
    member.peerUrls[0] ?? '-',
    member.status === undefined ? '-' : megabytes(member.status.dbSizeBytes),
    member.status?.version ?? '-',
  ])
  const named = (id: string): string => members.find(member => member.id === id)?.name ?? id
  return [
    table(['member', 'id', 'role', 'state', 'address', 'size', 'version'], rows),
    quorumText(members),
    ...alarms.map(({memberId, kind}) => `alarm ${kind} on ${named(memberId)}`),
  ].join('\n')
}
