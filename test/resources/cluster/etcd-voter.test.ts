import {describe, expect, it} from 'vitest'
import {KadmError} from '../../../src/domain/errors.ts'
import type {EtcdMember} from '../../../src/domain/etcd.ts'
import type {EtcdClient} from '../../../src/kube/etcd/etcd-client.ts'
import {EtcdError} from '../../../src/kube/etcd/etcd-error.ts'
import {etcdVoter, etcdVoterOperation as operation} from '../../../src/resources/cluster/etcd-voter.ts'
import {operationContext} from './operation-context.ts'

const PEER_URL = 'https://10.0.0.2:2380'
const resource = etcdVoter({node: 'cp-2', peerUrl: PEER_URL, deadlineMs: 60_000, why: 'a test needs it'})
const own = (changes: Partial<EtcdMember> = {}): EtcdMember => ({
  id: 'a2',
  name: 'cp-2',
  peerUrls: [PEER_URL],
  clientUrls: [],
  isLearner: true,
  ...changes,
})
const notReady = new EtcdError('learner-not-ready', 'it still receives data')
const never = (): Promise<never> => Promise.reject(new Error('not asked in this test'))

interface Scene {
  readonly members?: readonly (readonly EtcdMember[] | Error)[]
  readonly promote?: readonly (boolean | Error)[]
}

/** Gives one answer after the other; the last one again and again. */
function etcd({members = [], promote = []}: Scene): EtcdClient {
  const next = <T>(answers: readonly (T | Error)[]) => {
    let i = 0
    return (): Promise<T> => {
      const answer = answers[Math.min(i++, answers.length - 1)]
      if (answer === undefined) return never()
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    }
  }
  let asked = 0
  return {
    members: next(members),
    promote: next(promote),
    askMembers: () => Promise.resolve([{...own({isLearner: false}), isHealthy: asked++ > 0}]),
    addLearner: never,
    remove: never,
    status: never,
    alarms: never,
    defragment: never,
    disarm: never,
    waysTo: () => [],
    snapshot: () => {
      throw new Error('not asked in this test')
    },
    close: () => Promise.resolve(),
  }
}

const look = (scene: Scene) => operation.look(resource, operationContext({etcd: etcd(scene)}))
const act = (scene: Scene) => operation.act(resource, operationContext({etcd: etcd(scene)}))

describe('a member of etcd with a vote', () => {
  it.each([
    ['nobody', [], 'is not a member of etcd yet'],
    ['a learner', [own()], 'has no vote in etcd yet'],
    ['a voter', [own({isLearner: false})], undefined],
  ])('is looked for: %s', async (_, members, diff) => {
    expect(await look({members: [members]})).toBe(diff)
  })

  it('is still to come where etcd does not answer, but a lost machine is an error', async () => {
    expect(await look({members: [new KadmError('connect', 'no')]})).toBe('etcd does not answer yet')
    expect(await look({members: [new EtcdError('no-leader', 'no')]})).toBe('etcd does not answer yet')
    await expect(look({members: [new KadmError('host-lost', 'gone')]})).rejects.toThrow('gone')
  })

  it('gets its vote when it has started and has all data', async () => {
    const members = [[own({name: ''})], new EtcdError('no-leader', 'no leader'), [own()]]
    expect(await act({members, promote: [notReady, notReady, true]})).toBe('changed')
  })

  it('says what it waits for when it never comes', async () => {
    await expect(act({members: [[own({name: ''})]]})).rejects.toMatchObject({
      code: 'timeout',
      message: 'waited 60 s for etcd on cp-2 to start; last seen: it has not connected to the other members yet',
    })
    await expect(act({members: [[own()]], promote: [notReady]})).rejects.toThrow('receive all data')
  })

  it('ends at once when it was removed', async () => {
    await expect(act({members: [[]]})).rejects.toThrow('is not a member any more')
    await expect(
      act({members: [[own()]], promote: [new EtcdError('member-not-found', 'member not found')]}),
    ).rejects.toThrow('member not found')
  })
})
