import {describe, expect, it} from 'vitest'
import type {AskedMember, EtcdMember} from '../../src/domain/etcd.ts'
import {EtcdError} from '../../src/kube/etcd/etcd-error.ts'
import {joinEtcd} from '../../src/engine/cluster/join-etcd.ts'
import {askedMember as member, peerUrlOf} from '../kube/etcd-members.ts'

/** An etcd with these members, and what was changed in it. */
function fakeEtcd(members: readonly AskedMember[], later = members) {
  let now: readonly AskedMember[] = members
  const changes: string[] = []
  const slept: number[] = []
  return {
    changes,
    slept,
    sleep: (ms: number) => {
      slept.push(ms)
      now = later
      return Promise.resolve()
    },
    etcd: {
      askMembers: () => Promise.resolve(now),
      members: (): Promise<readonly EtcdMember[]> => Promise.resolve(now),
      addLearner: (url: string) => {
        changes.push(`add ${url}`)
        const added = member(9, {id: 'b9', name: '', peerUrls: [url], isLearner: true})
        now = [...now, added]
        return Promise.resolve(added)
      },
      remove: (id: string) => {
        changes.push(`remove ${id}`)
        now = now.filter(one => one.id !== id)
        return Promise.resolve(true)
      },
    },
  }
}

const peer = (last: number, hasData = false) => ({name: `cp-${String(last)}`, peerUrl: peerUrlOf(last), hasData})

describe('a host that joins etcd', () => {
  it('is added as a learner, and learns of all members, itself by its name', async () => {
    const {etcd, changes, sleep} = fakeEtcd([member(1), member(2)])
    expect(await joinEtcd(etcd, peer(3), sleep)).toEqual([
      {name: 'cp-1', peerUrl: peerUrlOf(1)},
      {name: 'cp-2', peerUrl: peerUrlOf(2)},
      {name: 'cp-3', peerUrl: peerUrlOf(3)},
    ])
    expect(changes).toEqual([`add ${peerUrlOf(3)}`])
  })

  it.each([
    ['a learner that an interrupted run added', member(3, {name: '', isLearner: true, isHealthy: false}), false],
    ['a member whose manifest was lost', member(3, {isHealthy: false}), true],
  ])('stays %s', async (_, own, hasData) => {
    const {etcd, changes, sleep} = fakeEtcd([member(1), member(2), own])
    expect(await joinEtcd(etcd, peer(3, hasData), sleep)).toHaveLength(3)
    expect(changes).toEqual([])
  })

  it('waits for a member that has just got its vote, up to a limit', async () => {
    const silent = [member(1), member(2, {isHealthy: false})]
    const soon = fakeEtcd(silent, [member(1), member(2)])
    await joinEtcd(soon.etcd, peer(3), soon.sleep)
    expect(soon.slept).toEqual([250])
    const never = fakeEtcd(silent)
    await expect(joinEtcd(never.etcd, peer(3), never.sleep)).rejects.toThrow('only 1 answers')
    expect(never.slept.length).toBeLessThan(25)
  })

  it.each([
    ['another run adds a member', 'too-many-learners'],
    ['the newest voter has not been connected for 5 s', 'unhealthy-cluster'],
  ] as const)('waits for its turn while %s, up to a limit', async (_, reason) => {
    const busy = (refusals: number) => {
      const {etcd, ...rest} = fakeEtcd([member(1), member(2)])
      let left = refusals
      const addLearner: typeof etcd.addLearner = url =>
        left-- > 0 ? Promise.reject(new EtcdError(reason, 'not now')) : etcd.addLearner(url)
      return {...rest, etcd: {...etcd, addLearner}}
    }
    const soon = busy(2)
    await joinEtcd(soon.etcd, peer(3), soon.sleep)
    expect(soon.changes).toEqual([`add ${peerUrlOf(3)}`])
    expect(soon.slept).toEqual([500, 500])
    const never = busy(1000)
    await expect(joinEtcd(never.etcd, peer(3), never.sleep)).rejects.toThrow('not now')
  })

  it('lets every learner before it get its vote first, however many there are', async () => {
    const learners = [4, 5, 6].map(last => member(last, {isLearner: true, isHealthy: false, name: ''}))
    const {etcd, changes} = fakeEtcd([member(1), member(2)])
    let slept = 0
    const ahead = (): readonly AskedMember[] => learners.slice(Math.floor(slept / 200), Math.floor(slept / 200) + 1)
    const waiting = {...etcd, members: async () => [...(await etcd.members()), ...ahead()]}
    await joinEtcd(waiting, peer(3), () => {
      slept += 1
      return Promise.resolve()
    })
    expect(slept).toBe(600)
    expect(changes).toEqual([`add ${peerUrlOf(3)}`])
  })

  it('names the learner that never gets its vote', async () => {
    const stuck = fakeEtcd([member(1), member(2), member(4, {isLearner: true, isHealthy: false, name: ''})])
    await expect(joinEtcd(stuck.etcd, peer(3), stuck.sleep)).rejects.toMatchObject({
      code: 'timeout',
      message: `could not add cp-3 to etcd: etcd takes one new member at a time, and the member a4 (${peerUrlOf(4)}) still has no vote after 240 s`,
      hint: expect.stringContaining('kadm remove NODE --dead') as string,
    })
    expect(stuck.changes).toEqual([])
  })

  it('is removed and added again after its machine was reinstalled', async () => {
    const {etcd, changes, sleep} = fakeEtcd([member(1), member(2), member(3, {isHealthy: false})])
    await joinEtcd(etcd, peer(3), sleep)
    expect(changes).toEqual(['remove a3', `add ${peerUrlOf(3)}`])
  })

  it.each([
    ['a quorum is missing', [member(1), member(2, {isHealthy: false})], 3, 'needs 2, but only 1 answers'],
    ['another one is down', [member(1), member(2), member(4, {isHealthy: false})], 3, 'cp-4 of 3 voting members'],
    [
      'its own former member cannot leave',
      [member(1), member(3, {isHealthy: false})],
      3,
      'could not remove the former',
    ],
  ])('changes nothing while %s', async (_, members, last, why) => {
    const {etcd, changes, sleep} = fakeEtcd(members)
    await expect(joinEtcd(etcd, peer(last), sleep)).rejects.toThrow(why)
    expect(changes).toEqual([])
  })
})
