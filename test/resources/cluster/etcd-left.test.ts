import {describe, expect, it} from 'vitest'
import type {AskedMember} from '../../../src/domain/etcd.ts'
import type {EtcdClient} from '../../../src/kube/etcd/etcd-client.ts'
import {etcdLeft, etcdLeftOperation as operation} from '../../../src/resources/cluster/etcd-left.ts'
import {operationContext} from './operation-context.ts'

const member = (last: number, isHealthy = true): AskedMember => ({
  id: `a${String(last)}`,
  name: `cp-${String(last)}`,
  peerUrls: [`https://10.0.0.${String(last)}:2380`],
  clientUrls: [],
  isLearner: false,
  isHealthy,
})
const never = (): Promise<never> => Promise.reject(new Error('not asked in this test'))

function scene(members: readonly AskedMember[]) {
  const removed: string[] = []
  const etcd: EtcdClient = {
    askMembers: () => Promise.resolve(members),
    remove: id => {
      removed.push(id)
      return Promise.resolve(true)
    },
    members: never,
    promote: never,
    addLearner: never,
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
  return {removed, context: operationContext({etcd})}
}

const leaving = (step: 'check' | 'remove', node = 'cp-3', address = '10.0.0.3') =>
  etcdLeft({node, address, step, why: 'a test needs it'})

describe('a host that leaves etcd', () => {
  it.each([
    ['a host that is no member', [member(1), member(2)], undefined],
    ['a member by its address', [member(1), member(2), {...member(3), name: 'renamed'}], 'is a member of etcd'],
    ['a member by its name', [member(1), {...member(3), peerUrls: ['https://10.9.9.9:2380']}], 'is a member of etcd'],
  ])('is looked for: %s', async (_, members, diff) => {
    const {context} = scene(members)
    expect(await operation.look(leaving('remove'), context)).toBe(diff)
    expect(await operation.look(leaving('check'), context)).toBeUndefined()
  })

  it('is removed', async () => {
    const {context, removed} = scene([member(1), member(2), member(3)])
    expect(await operation.act(leaving('remove'), context)).toBe('changed')
    expect(removed).toEqual(['a3'])
  })

  it.each([
    ['the last one', [member(3)], 'cp-3 is the last voting member'],
    ['one of three with a dead one', [member(1), member(2, false), member(3)], 'only 1 of them answers'],
  ])('is refused before anything is touched: %s', async (_, members, why) => {
    const {context, removed} = scene(members)
    await expect(operation.look(leaving('check'), context)).rejects.toThrow(why)
    await expect(operation.act(leaving('remove'), context)).rejects.toThrow('kadm reset nothing')
    expect(removed).toEqual([])
  })
})
