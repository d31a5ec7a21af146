import {describe, expect, it} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {requireQuorum} from '../../src/engine/cluster/quorum.ts'
import {requireRoom, type Grown} from '../../src/engine/cluster/room-in-etcd.ts'
import type {MemberReport} from '../../src/kube/etcd/etcd-client.ts'
import {memberReport, SILENT} from '../kube/etcd-members.ts'

const member = (last: number, answers = true): MemberReport => memberReport(last, answers ? {} : SILENT)
const node = (last: number) =>
  ({name: `cp-${String(last)}`, role: 'control-plane', address: `10.0.0.${String(last)}`}) as const
const MANIFEST = {type: 'file', mode: '0600', owner: 'root:root', size: 1, sha256: undefined} as const

const grown = (
  members: readonly MemberReport[],
  own: readonly number[],
  fresh: readonly number[],
  more: Partial<Grown> = {},
): Grown => ({
  cluster: {},
  nodes: [...own, ...fresh].map(node),
  factsOf: ({name}) => ({
    files: own.some(last => name === `cp-${String(last)}`) ? {'/etc/kubernetes/manifests/etcd.yaml': MANIFEST} : {},
  }),
  leaving: [],
  etcd: () => Promise.resolve({askMembers: () => Promise.resolve(members)}),
  ...more,
})

/** A run with these members of etcd, and with machines that are new. */
const run = (...scene: Parameters<typeof grown>) => requireRoom(grown(...scene))

describe('an apply that adds control planes', () => {
  it('is refused with the numbers while a member outside the run does not answer', async () => {
    await expect(run([member(1), member(2), member(3, false)], [1, 2], [4])).rejects.toMatchObject({
      code: 'preflight',
      message:
        'cp-4 cannot join etcd: cp-3 of 3 voting members does not answer; with one more member, etcd needs 3 of 4 and has 3, so the next failure stops the cluster; nothing was changed',
    })
    await expect(run([member(1), member(2, false), member(3, false)], [1], [4])).rejects.toThrow(
      'cp-4 cannot join etcd: etcd has 3 voting members and needs 2, but only 1 answers; no answer from cp-2 (10.0.0.2), cp-3 (10.0.0.3); nothing was changed',
    )
  })

  it('continues when all answer, or when it starts the silent ones itself', async () => {
    await expect(run([member(1), member(2), member(3)], [1, 2, 3], [4])).resolves.toBeUndefined()
    await expect(run([member(1), member(2), member(3, false)], [1, 2, 3], [4])).resolves.toBeUndefined()
  })

  it('does not count a member that it removes first, or that an earlier try of the new machine left', async () => {
    const members = [member(1), member(2), member(3, false)]

    await expect(run(members, [1, 2], [4], {leaving: ['10.0.0.3']})).resolves.toBeUndefined()
    await expect(run(members, [1, 2], [3])).resolves.toBeUndefined()
  })

  it('has nothing to ask in a new cluster, without new machines, or with an etcd elsewhere', async () => {
    const never = {etcd: () => Promise.reject(new Error('asked'))}
    const external = {externalEtcd: {endpoints: ['https://e:2379']}} as unknown as Grown['cluster']['kubeadm']

    await expect(run([], [], [1, 2, 3], never)).resolves.toBeUndefined()
    await expect(run([], [1, 2, 3], [], never)).resolves.toBeUndefined()
    await expect(run([], [1], [2], {...never, cluster: {kubeadm: external}})).resolves.toBeUndefined()
  })

  it('leaves an etcd that does not answer at all to the phases that need it', async () => {
    const failing = (code: KadmError['code']) => ({etcd: () => Promise.reject(new KadmError(code, 'no'))})

    await expect(run([], [1], [2], failing('timeout'))).resolves.toBeUndefined()
    await expect(run([], [1], [2], failing('cancelled'))).rejects.toThrow('no')
  })
})

describe('a run on a cluster whose etcd may have lost its quorum', () => {
  const quorum = (...scene: Parameters<typeof grown>) => requireQuorum(grown(...scene))

  it('is refused with the numbers, the silent machines and what to do', async () => {
    await expect(quorum([member(1), member(2, false), member(3, false)], [1], [])).rejects.toMatchObject({
      code: 'preflight',
      message:
        'the cluster cannot store anything: etcd has 3 voting members and needs 2, but only 1 answers; no answer from cp-2 (10.0.0.2), cp-3 (10.0.0.3); nothing was changed',
      hint: expect.stringMatching(/^start the machines .*kadm etcd restore etcd\.db -f kadm\.yaml/) as unknown,
    })
  })

  it('is refused when a machine of the run lost its member, which etcd cannot replace without a quorum', async () => {
    await expect(quorum([member(1), member(2, false)], [1], [2])).rejects.toThrow('no answer from cp-2 (10.0.0.2)')
  })

  it('continues when more than half answer, or when it starts the silent ones itself', async () => {
    await expect(quorum([member(1), member(2), member(3, false)], [1, 2], [])).resolves.toBeUndefined()
    await expect(quorum([member(1), member(2, false), member(3, false)], [1, 2, 3], [])).resolves.toBeUndefined()
  })

  it('asks within seconds, also without a quorum, and continues when no member answers', async () => {
    const asked: unknown[] = []
    const askMembers = (options: unknown) => {
      asked.push(options)
      return Promise.reject(new KadmError('connect', 'nothing listens'))
    }
    await expect(quorum([], [1], [], {etcd: () => Promise.resolve({askMembers})})).resolves.toBeUndefined()
    expect(asked).toEqual([{withoutQuorum: true, retryForMs: 0}])
  })

  it('has nothing to ask in a new cluster, or with an etcd elsewhere', async () => {
    const never = {etcd: () => Promise.reject(new Error('asked'))}
    const external = {externalEtcd: {endpoints: ['https://e:2379']}} as unknown as Grown['cluster']['kubeadm']

    await expect(quorum([], [], [1, 2, 3], never)).resolves.toBeUndefined()
    await expect(quorum([], [1], [], {...never, cluster: {kubeadm: external}})).resolves.toBeUndefined()
  })
})
