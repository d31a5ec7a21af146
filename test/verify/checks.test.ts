import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {NodeStatus} from '../../src/kube/nodes.ts'
import {isForeign, takesPods} from '../../src/verify/checks/drain.ts'
import {pairs} from '../../src/verify/checks/network.ts'
import {workload} from '../../src/verify/workload.ts'
import {nodeStatus} from '../../src/kube/nodes.ts'

describe('which pods try to reach which', () => {
  it('is every way between a few', () => {
    expect(pairs(['a', 'b', 'c'])).toEqual([
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'c'],
      ['b', 'a'],
      ['c', 'a'],
      ['c', 'b'],
    ])
    expect(pairs(['a'])).toEqual([])
    expect(pairs([])).toEqual([])
  })

  it('reaches every pod and leaves every pod, and stays linear for many', () => {
    fc.assert(
      fc.property(fc.integer({min: 2, max: 60}), count => {
        const all = Array.from({length: count}, (_, i) => i)
        const ways = pairs(all)
        expect(ways.every(([from, to]) => from !== to)).toBe(true)
        expect(new Set(ways.map(([from]) => from)).size).toBe(count)
        expect(new Set(ways.map(([, to]) => to)).size).toBe(count)
        expect(ways.length).toBeLessThanOrEqual(Math.max(20, 2 * count))
      }),
    )
  })
})

describe('a node that may be drained', () => {
  const node = (spec: object): NodeStatus =>
    nodeStatus({metadata: {name: 'n'}, spec, status: {conditions: [{type: 'Ready', status: 'True'}]}})

  it('takes pods: it is ready, not cordoned, and has no taint that holds them off', () => {
    expect(takesPods(node({}))).toBe(true)
    expect(takesPods(node({taints: [{key: 'a', effect: 'PreferNoSchedule'}]}))).toBe(true)
    expect(takesPods(node({unschedulable: true}))).toBe(false)
    expect(takesPods(node({taints: [{key: 'a', effect: 'NoSchedule'}]}))).toBe(false)
  })

  it('runs nothing but the cluster’s own pods and ours', () => {
    const pod = (namespace: string, kind: string): Parameters<typeof isForeign>[0] => ({
      metadata: {name: 'p', namespace, ownerReferences: [{kind, controller: true}]},
    })

    expect(isForeign(pod('kube-system', 'ReplicaSet'), 'own')).toBe(false)
    expect(isForeign(pod('own', 'ReplicaSet'), 'own')).toBe(false)
    expect(isForeign(pod('shop', 'DaemonSet'), 'own')).toBe(false)
    expect(isForeign(pod('shop', 'ReplicaSet'), 'own')).toBe(true)
  })
})

describe('what verify puts into its namespace', () => {
  const stage = {namespace: 'kadm-verify-00000000', images: {first: 'agnhost:1', second: 'agnhost:2'}, timeoutScale: 1}

  it('is as in the golden file', async () => {
    const objects = workload(stage)

    await expect(`${JSON.stringify(objects, null, 2)}\n`).toMatchFileSnapshot('golden/workload.json')
  })

  it('is more patient where all takes longer', () => {
    const text = JSON.stringify(workload({...stage, timeoutScale: 3.75}))

    expect(text).toContain('"sleep":{"seconds":43}')
    expect(text).toContain('"terminationGracePeriodSeconds":45')
    expect(text).toContain('"periodSeconds":4,"timeoutSeconds":4')
    expect(JSON.stringify(workload({...stage, timeoutScale: 15}))).toContain('"sleep":{"seconds":60}')
  })

  it('may run on the control plane where there is no other node', () => {
    const tolerations = (isAlone: boolean): number =>
      JSON.stringify(workload(stage, {isAlone})).split('"key":"node-role.kubernetes.io/control-plane"').length - 1

    expect(tolerations(false)).toBe(0)
    expect(tolerations(true)).toBe(1)
  })
})
