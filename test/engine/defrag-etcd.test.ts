import {describe, expect, it} from 'vitest'
import type {EtcdMember} from '../../src/domain/etcd.ts'
import {defragmentAll, type Defragmented} from '../../src/engine/cluster/defrag-etcd.ts'
import type {EtcdAlarm, EtcdStatus} from '../../src/kube/etcd/etcd-answers.ts'
import type {EtcdClient, MemberReport} from '../../src/kube/etcd/etcd-client.ts'
import type {EtcdEndpoint} from '../../src/kube/etcd/gateway.ts'
import {etcdStatus, memberReport} from '../kube/etcd-members.ts'
import {NEVER} from './sample-run.ts'

const endpoint = ({name}: EtcdMember): EtcdEndpoint => ({
  name,
  host: '127.0.0.1',
  port: 2379,
  forward: () => Promise.reject(new Error('nothing is dialled in this test')),
})

interface Scene {
  readonly etcd: Parameters<typeof defragmentAll>[0]
  readonly did: readonly string[]
}

/** Members with 100 bytes each, of which 10 are in use; `silent` do not answer for so many looks after the first. */
function scene(
  count: number,
  more: {silent?: Readonly<Record<number, number>>; alarms?: readonly EtcdAlarm[]} = {},
): Scene {
  const did: string[] = []
  const small = new Set<string>()
  let looks = 0
  const members = Array.from({length: count}, (_, i) => i + 1)
  const status = (last: number, name: string): EtcdStatus => etcdStatus(last, small.has(name) ? {dbSizeBytes: 10} : {})
  const report = (last: number): MemberReport => {
    const isSilent = looks <= (more.silent?.[last] ?? 0)
    return memberReport(last, {
      isHealthy: !isSilent && more.alarms === undefined,
      status: isSilent ? undefined : status(last, `cp-${String(last)}`),
    })
  }
  const etcd: Pick<EtcdClient, 'askMembers' | 'defragment' | 'waysTo' | 'status' | 'alarms' | 'disarm'> = {
    askMembers: () => {
      looks += 1
      return Promise.resolve(members.map(report))
    },
    waysTo: member => [endpoint(member)],
    defragment: ({name}) => {
      did.push(`defragment ${name}`)
      small.add(name)
      return Promise.resolve()
    },
    status: ({name}) => Promise.resolve(status(1, name)),
    alarms: () => Promise.resolve(more.alarms ?? []),
    disarm: ({memberId, kind}) => {
      did.push(`disarm ${kind} of ${memberId}`)
      return Promise.resolve()
    },
  }
  return {etcd, did}
}

const run = (etcd: Scene['etcd'], onDone: (done: Defragmented) => void = () => undefined) =>
  defragmentAll(etcd, {sleep: () => Promise.resolve(), signal: NEVER, onDone})

describe('a defragmentation', () => {
  it('works on one member after the other, the leader last', async () => {
    const {etcd, did} = scene(3)
    const {members, cleared} = await run(etcd)
    expect(did).toEqual(['defragment cp-2', 'defragment cp-3', 'defragment cp-1'])
    expect(members[0]).toEqual({member: 'cp-2', beforeBytes: 100, afterBytes: 10})
    expect(cleared).toEqual([])
  })

  it('waits until a member answers again before it begins with the next one', async () => {
    const {etcd, did} = scene(2, {silent: {2: 3}})
    await run(etcd)
    expect(did).toEqual(['defragment cp-2', 'defragment cp-1'])
  })

  it('does not begin while a member does not answer', async () => {
    const {etcd, did} = scene(3, {silent: {3: Infinity}})
    await expect(run(etcd)).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringContaining('cp-3 of 3 members does not answer') as string,
    })
    expect(did).toEqual([])
  })

  it('frees a full database, although it reports an alarm, and clears the alarm, but no other one', async () => {
    const alarms = [
      {memberId: 'a2', kind: 'NOSPACE'},
      {memberId: 'a1', kind: 'CORRUPT'},
    ]
    const {etcd, did} = scene(2, {alarms})
    expect((await run(etcd)).cleared).toEqual(['cp-2'])
    expect(did.at(-1)).toBe('disarm NOSPACE of a2')
    expect(did).toHaveLength(3)
  })
})
