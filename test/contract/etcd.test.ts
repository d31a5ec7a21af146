import {createHash} from 'node:crypto'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {mayRemove} from '../../src/domain/etcd.ts'
import {etcdClient, type EtcdClient} from '../../src/kube/etcd/etcd-client.ts'
import {EtcdError} from '../../src/kube/etcd/etcd-error.ts'
import {realClock} from '../../src/commands/runtime/wiring/clock.ts'
import {refuseWithoutQuorum} from '../../src/engine/cluster/quorum.ts'
import {joinEtcd} from '../../src/engine/cluster/join-etcd.ts'
import {etcdLeft, etcdLeftOperation} from '../../src/resources/cluster/etcd-left.ts'
import {etcdVoter, etcdVoterOperation} from '../../src/resources/cluster/etcd-voter.ts'
import {operationContext} from '../resources/cluster/operation-context.ts'
import {clusterOf, nodeOf} from '../manifests/cluster.ts'
import {etcdProgram, etcdScene, type EtcdScene, type EtcdServer} from './servers/etcd.ts'

const program = etcdProgram()
const newScene = (): Promise<EtcdScene> =>
  etcdScene(program ?? '', clusterOf('v1.37.2'), nodeOf({address: '127.0.0.1'}))

/** The story of a control plane of several machines, on real members of etcd. */
describe.skipIf(program === undefined)('the client of etcd', () => {
  let scene: EtcdScene
  let first: EtcdServer
  let second: EtcdServer
  let client: EtcdClient

  beforeAll(async () => {
    scene = await newScene()
    first = await scene.start('cp-1')
    client = etcdClient([first.endpoint], scene.credentials)
  })
  afterAll(async () => {
    await client.close()
    await scene.stop()
  })

  it('sees a cluster of one member', async () => {
    const members = await client.members()
    expect(members).toMatchObject([{name: 'cp-1', peerUrls: [first.peerUrl], isLearner: false}])
    const status = await client.status(first.endpoint)
    expect(status).toMatchObject({memberId: members[0]?.id, leaderId: members[0]?.id, isLearner: false, errors: []})
    expect(status.dbSizeBytes).toBeGreaterThan(0)
    expect(status.version).toMatch(/^3\./)
    expect(await client.alarms()).toEqual([])
    expect(mayRemove(await client.askMembers(), members[0]?.id ?? '')).toContain('the last voting member')
  })

  it('adds a learner once, and promotes it only when it has all data', async () => {
    const peer = await scene.peerOf('cp-2')
    const peerUrl = peer.slice('cp-2='.length)
    const added = await client.addLearner(peerUrl)
    expect(added).toMatchObject({name: '', peerUrls: [peerUrl], isLearner: true})
    expect(await client.addLearner(peerUrl)).toEqual(added)
    const refused = await client.promote(added.id, {retryForMs: 0}).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(EtcdError)
    expect(refused).toMatchObject({reason: 'learner-not-ready'})
    const other = (await scene.peerOf('cp-3')).slice('cp-3='.length)
    await expect(client.addLearner(other)).rejects.toMatchObject({reason: 'too-many-learners'})
    second = await scene.start('cp-2', [`cp-1=${first.peerUrl}`, peer])
    expect(await client.promote(added.id, {retryForMs: 30_000})).toBe(true)
    expect(await client.promote(added.id)).toBe(false)
    expect(await client.members()).toMatchObject([{isLearner: false}, {isLearner: false}])
    expect(await client.askMembers()).toMatchObject([{isHealthy: true}, {isHealthy: true}])
  })

  it('streams a snapshot that its own sha256 proves', async () => {
    const parts: Buffer[] = []
    let remaining = -1
    for await (const {bytes, remainingBytes} of client.snapshot(first.endpoint)) {
      parts.push(bytes)
      remaining = remainingBytes
    }
    const all = Buffer.concat(parts)
    expect(remaining).toBe(0)
    expect(createHash('sha256').update(all.subarray(0, -32)).digest()).toEqual(all.subarray(-32))
  })

  it('defragments a member', async () => {
    await client.defragment(second.endpoint)
    expect((await client.status(second.endpoint)).dbSizeBytes).toBeGreaterThan(0)
  })

  it('asks another member when one is down, and says without a quorum what is missing', async () => {
    const both = etcdClient([{...first.endpoint, port: 1, name: 'gone'}, second.endpoint], scene.credentials)
    expect(await both.members()).toHaveLength(2)
    await second.stop()
    const failed = await client.members({retryForMs: 0}).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(EtcdError)
    expect(['no-leader', 'timed-out', 'unhealthy-cluster']).toContain(failed instanceof EtcdError ? failed.reason : '')
    await both.close()
    await expect(refuseWithoutQuorum(() => Promise.resolve(client), 'control planes cannot join')).rejects.toThrow(
      'etcd has 2 voting members and needs 2, but only 1 answers',
    )
  })

  it('saves a snapshot of a member without a quorum, for a restore', async () => {
    let bytes = 0
    for await (const part of client.snapshot(first.endpoint)) bytes += part.bytes.length
    expect(bytes).toBeGreaterThan(0)
  })

  it('removes a member, and takes one that is gone already as removed', async () => {
    const lone = await newScene()
    const server = await lone.start('cp-1')
    const own = etcdClient([server.endpoint], lone.credentials)
    try {
      const {id} = await own.addLearner('https://127.0.0.1:9')
      expect(await own.remove(id)).toBe(true)
      expect(await own.remove(id)).toBe(false)
      await expect(own.promote(id)).rejects.toMatchObject({reason: 'member-not-found'})
      expect(await own.members()).toHaveLength(1)
    } finally {
      await own.close()
      await lone.stop()
    }
  })

  it('grows to three members and shrinks again, as control planes join and leave', async () => {
    const own = await newScene()
    const one = await own.start('cp-1')
    const etcd = etcdClient([one.endpoint], own.credentials)
    const context = {...operationContext({etcd}), clock: realClock}
    try {
      for (const name of ['cp-2', 'cp-3']) {
        const peerUrl = (await own.peerOf(name)).slice(name.length + 1)
        const voter = etcdVoter({node: name, peerUrl, deadlineMs: 30_000, why: 'a test needs it'})
        // Killed after the first step, and run again.
        await joinEtcd(etcd, {name, peerUrl, hasData: false}, ms => realClock.sleep(ms))
        const members = await joinEtcd(etcd, {name, peerUrl, hasData: false}, ms => realClock.sleep(ms))
        expect(members).toContainEqual({name, peerUrl})
        await own.start(
          name,
          members.map(member => `${member.name}=${member.peerUrl}`),
        )
        expect(await etcdVoterOperation.look(voter, context)).toBe('has no vote in etcd yet')
        expect(await etcdVoterOperation.act(voter, context)).toBe('changed')
        expect(await etcdVoterOperation.look(voter, context)).toBeUndefined()
      }
      const all = (await etcd.askMembers()).toSorted((a, b) => a.name.localeCompare(b.name))
      expect(all).toMatchObject(['cp-1', 'cp-2', 'cp-3'].map(name => ({name, isLearner: false, isHealthy: true})))
      const left = etcdLeft({node: 'cp-3', address: '10.0.0.3', step: 'remove', why: 'a test needs it'})
      expect(await etcdLeftOperation.look(left, context)).toBe('is a member of etcd')
      expect(await etcdLeftOperation.act(left, context)).toBe('changed')
      expect(await etcdLeftOperation.look(left, context)).toBeUndefined()
    } finally {
      await etcd.close()
      await own.stop()
    }
  })

  it('is refused by a server whose CA is another', async () => {
    const stranger = await newScene()
    const wrong = etcdClient([first.endpoint], stranger.credentials)
    await expect(wrong.members({retryForMs: 0})).rejects.toMatchObject({code: 'connect'})
    await wrong.close()
  })
})
