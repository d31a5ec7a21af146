import {describe, expect, it} from 'vitest'
import type {EtcdStatus} from '../../src/kube/etcd/etcd-answers.ts'
import type {MemberReport} from '../../src/kube/etcd/etcd-client.ts'
import {megabytes, renderEtcd, renderEtcdStatus} from '../../src/ui/render-etcd.ts'
import {etcdStatus, memberReport, SILENT} from '../kube/etcd-members.ts'

const status = (last: number, changes: Partial<EtcdStatus> = {}): EtcdStatus =>
  etcdStatus(last, {dbSizeBytes: 3_355_443, dbInUseBytes: 1_000_000, ...changes})
const member = (last: number, changes: Partial<MemberReport> = {}): MemberReport =>
  memberReport(last, {status: status(last), ...changes})

describe('the members of etcd', () => {
  it('are a table, with the quorum below it', () => {
    const members = [member(1), member(2), member(3, SILENT)]
    expect(renderEtcd({members, alarms: []}).split('\n')).toEqual([
      'MEMBER  ID  ROLE    STATE      ADDRESS                SIZE    VERSION',
      'cp-1    a1  leader  ok         https://10.0.0.1:2380  3.2 MB  3.7.0',
      'cp-2    a2  voter   ok         https://10.0.0.2:2380  3.2 MB  3.7.0',
      'cp-3    a3  voter   no answer  https://10.0.0.3:2380  -       -',
      '2 of 3 voting members answer; etcd needs 2, so 0 may fail',
    ])
  })

  it.each([
    [[member(1)], '1 of 1 voting member answers; etcd needs 1, so 0 may fail'],
    [[member(1), member(2), member(3)], '3 of 3 voting members answer; etcd needs 2, so 1 may fail'],
    [[member(1), member(2, SILENT)], '1 of 2 voting members answers; etcd needs 2, so it writes nothing now'],
    [[member(1), member(9, {name: '', isLearner: true, ...SILENT})], '1 of 1 voting member answers'],
  ])('say how many may fail', (members, line) => {
    expect(renderEtcd({members, alarms: []})).toContain(line)
  })

  it('name what is wrong with a member, and the alarms', () => {
    const text = renderEtcd({
      members: [
        member(1, {isHealthy: false, status: status(1, {leaderId: undefined})}),
        member(2, {isHealthy: false, status: status(2, {errors: ['etcdserver: no space']})}),
        member(3, {name: '', isLearner: true, ...SILENT}),
      ],
      alarms: [{memberId: 'a2', kind: 'NOSPACE'}],
    })
    expect(text).toMatch(/^cp-1 .* no leader /m)
    expect(text).toMatch(/^cp-2 .* etcdserver: no space /m)
    expect(text).toMatch(/^- +a3 +learner +not started /m)
    expect(text).toMatch(/^alarm NOSPACE on cp-2$/m)
  })

  it('have sizes as etcdctl counts them', () => {
    expect([0, 1_048_576, 3_355_443].map(megabytes)).toEqual(['0.0 MB', '1.0 MB', '3.2 MB'])
  })
})

it('the state of etcd is a table of numbers, with the alarms of each member', () => {
  const members = [
    member(1),
    member(2, {isHealthy: false, status: status(2, {errors: ['NOSPACE']})}),
    member(3, SILENT),
  ]
  expect(renderEtcdStatus({members, alarms: [{memberId: 'a2', kind: 'NOSPACE'}]}).split('\n')).toEqual([
    'MEMBER  ID  ROLE    VERSION  DB SIZE  IN USE  RAFT TERM  RAFT INDEX  APPLIED  ALARMS   STATE',
    'cp-1    a1  leader  3.7.0    3.2 MB   1.0 MB  2          20          20       -        ok',
    'cp-2    a2  voter   3.7.0    3.2 MB   1.0 MB  2          20          20       NOSPACE  NOSPACE',
    'cp-3    a3  voter   -        -        -       -          -           -        -        no answer',
    '1 of 3 voting members answers; etcd needs 2, so it writes nothing now',
  ])
})
