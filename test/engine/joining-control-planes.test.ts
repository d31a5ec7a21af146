import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import type {AskedMember} from '../../src/domain/etcd.ts'
import type {Facts} from '../../src/domain/facts.ts'
import {
  joinWarnings,
  type JoiningControlPlanes,
  refuseSelf,
  requireEndpoint,
  requireHealthyEtcd,
} from '../../src/engine/cluster/joining-control-planes.ts'
import {refuseWithoutQuorum} from '../../src/engine/cluster/quorum.ts'
import type {EtcdOptions, MemberReport} from '../../src/kube/etcd/etcd-client.ts'
import {askedMember as member, etcdStatus} from '../kube/etcd-members.ts'
import {sampleCluster} from '../phases/preflight/sample.ts'
import {sampleNode} from './sample-run.ts'

const node = (last: number) => ({
  ...sampleNode(`cp-${String(last)}`, 'control-plane'),
  address: `10.0.0.${String(last)}`,
})

const MANIFEST = {type: 'file', mode: '0600', owner: 'root:root', size: 1, sha256: undefined} as const

const judged = (members: readonly AskedMember[], files: Facts['files'] = {}, changes = {}) =>
  asking(() => Promise.resolve({askMembers: () => Promise.resolve(members)}), files, changes)

const asking = (etcd: JoiningControlPlanes['etcd'], files: Facts['files'] = {}, changes = {}) =>
  requireHealthyEtcd({
    cluster: {...sampleCluster(), ...changes},
    nodes: [node(3), sampleNode('worker-1')],
    factsOf: () => ({files}),
    etcd,
    sleep: () => Promise.resolve(),
  })

describe('a control plane joins', () => {
  test('only a cluster with an endpoint', () => {
    expect(() => requireEndpoint({controlPlaneEndpoint: 'lb.example.org:6443'})).not.toThrow()
    expect(() => requireEndpoint({controlPlaneEndpoint: undefined})).toThrow(
      expect.objectContaining({
        code: 'preflight',
        message: expect.stringContaining('it has no controlPlaneEndpoint') as unknown,
        hint: expect.stringContaining('kadm init --control-plane-endpoint') as unknown,
      }),
    )
  })

  test('only when etcd can bear another member, and reports the numbers otherwise', async () => {
    await judged([member(1), member(2)])
    await expect(judged([member(1), member(2, {isHealthy: false})])).rejects.toMatchObject({
      code: 'preflight',
      message:
        'cp-3 cannot join etcd: etcd has 2 voting members and needs 2, but only 1 answers; no answer from cp-2 (10.0.0.2); nothing was changed',
      hint: expect.stringContaining('kadm etcd restore') as unknown,
    })
    await expect(judged([member(1), member(2), member(4, {isHealthy: false})])).rejects.toThrow(
      'cp-4 of 3 voting members does not answer; with one more member, etcd needs 3 of 4 and has 3',
    )
  })

  test('not where etcd has lost its quorum, and reports the numbers of the members that answer', async () => {
    const reported = (last: number, answers: boolean): MemberReport => ({
      ...member(last, {isHealthy: false}),
      status: answers ? etcdStatus(last, {leaderId: undefined, errors: ['etcdserver: no leader']}) : undefined,
    })
    const etcd = (...members: readonly MemberReport[]) => ({
      askMembers: (options?: EtcdOptions) =>
        options?.withoutQuorum === true
          ? Promise.resolve(members)
          : Promise.reject(new KadmError('timeout', 'etcd has no leader')),
    })
    await expect(
      refuseWithoutQuorum(() => Promise.resolve(etcd(reported(1, true), reported(2, false))), 'workers cannot join'),
    ).rejects.toThrow(
      'workers cannot join: etcd has 2 voting members and needs 2, but only 1 answers; no answer from cp-2 (10.0.0.2); nothing was changed',
    )
    const all = etcd(reported(1, true), reported(2, false))
    await expect(asking(() => Promise.resolve(all))).rejects.toThrow('needs 2, but only 1 answers')
    await expect(asking(() => Promise.resolve(etcd(reported(1, true))))).rejects.toThrow('etcd has no leader')
    // The API does not answer for another reason.
    await refuseWithoutQuorum(() => Promise.resolve(etcd(reported(1, true))), 'workers cannot join')
    await refuseWithoutQuorum(() => Promise.reject(new KadmError('connect', 'no etcd here')), 'workers cannot join')
    await expect(
      refuseWithoutQuorum(() => Promise.reject(new TypeError('a bug')), 'workers cannot join'),
    ).rejects.toThrow('a bug')
  })

  test('whatever its own former member does', async () => {
    await judged([member(1), member(3, {isHealthy: false, isLearner: true, name: ''})])
  })

  test('again without that question: it is a member already, or etcd is elsewhere', async () => {
    const broken = [member(1, {isHealthy: false})]
    await judged(broken, {'/etc/kubernetes/manifests/etcd.yaml': MANIFEST})
    await judged(broken, {}, {kubeadm: {externalEtcd: {endpoints: ['https://10.0.0.31:2379']}}})
  })

  test('but not itself', () => {
    const machine = (bootId: string, hostname: string) => ({
      gathered: {facts: {hostname, identity: {bootId}}},
    })
    expect(() => refuseSelf([machine('b1', 'cp-2'), machine('b2', 'cp-1')], machine('b2', 'cp-1'))).toThrow(
      'cp-1 is the control plane of --to and cannot join itself',
    )
    // Containers of one machine have its boot id.
    expect(() => refuseSelf([machine('b1', 'cp-2')], machine('b1', 'cp-1'))).not.toThrow()
  })
})

describe('a person is warned', () => {
  const external = {controlPlaneEndpoint: 'lb.example.org:6443'}
  const told = (count: number, cluster = external, untouched = ['cp-1', 'worker-1']) =>
    joinWarnings(
      cluster,
      [...Array.from({length: count}, () => 'control-plane' as const), 'worker'],
      untouched.map(name => ({name})),
    )

  test('of an even number of control planes, not of an odd one', () => {
    expect(told(3)).toEqual([])
    expect(told(2)).toEqual([expect.stringContaining('the cluster has 2 control planes: etcd needs 2')])
  })

  test('of nodes whose own load balancers this run does not change', () => {
    const local = {controlPlaneEndpoint: 'api.kadm.internal:7443'}
    expect(told(3, local)).toEqual([expect.stringMatching(/^the load balancers of cp-1, worker-1 .*kadm apply/)])
    expect(told(3, local, [])).toEqual([])
  })

  test('of control planes that do not share the address of the others yet', () => {
    const vip = (provider: 'keepalived' | 'kube-vip') => ({
      controlPlaneEndpoint: '10.0.0.9:6443',
      virtualAddress: {address: '10.0.0.9', provider, networkInterface: undefined},
    })

    expect(told(3, vip('keepalived'))).toEqual([
      expect.stringMatching(/^the new control planes do not share 10\.0\.0\.9 yet.*kadm apply/),
    ])
    expect(told(3, vip('keepalived'), [])).toEqual([])
    expect(told(3, vip('kube-vip'))).toEqual([])
  })
})
