import {describe, expect, it} from 'vitest'
import type {ListedNode} from '../../../src/domain/removal.ts'
import {removalPlan, type LeaverWithPods, type RemovalInput} from '../../../src/engine/removal/removal-plan.ts'

const RULES = {force: false, ignoreDaemonSets: false, deleteEmptyDirData: false, skipWaitForDeleteSeconds: 0}
const ALL = {force: true, ignoreDaemonSets: true, deleteEmptyDirData: true, skipWaitForDeleteSeconds: 0}
const pod = (name: string, owner: string | undefined, more: object = {}) => ({
  metadata: {
    name,
    namespace: 'shop',
    labels: {app: 'web'},
    ...(owner === undefined ? {} : {ownerReferences: [{kind: owner, controller: true}]}),
  },
  status: {phase: 'Running', conditions: [{type: 'Ready', status: 'True'}]},
  ...more,
})
const PODS = [
  pod('web', 'ReplicaSet'),
  pod('alone', undefined),
  pod('cache', 'StatefulSet', {spec: {volumes: [{emptyDir: {}}]}}),
  pod('agent', 'DaemonSet'),
  pod('proxy', 'DaemonSet', {spec: {priorityClassName: 'system-node-critical'}}),
]
const BUDGET = {
  metadata: {name: 'web', namespace: 'shop'},
  spec: {selector: {matchLabels: {app: 'web'}}},
  status: {disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3},
}
const NODES: readonly ListedNode[] = [
  {name: 'cp-1', address: '10.0.0.1', role: 'control-plane'},
  {name: 'cp-2', address: '10.0.0.2', role: 'control-plane'},
  {name: 'worker', address: '10.0.0.21', role: 'worker'},
]
const leaver = (name: string, changes: Partial<LeaverWithPods> = {}): LeaverWithPods => {
  const listed = NODES.find(node => node.name === name)
  if (listed === undefined) throw new Error(name)
  return {...listed, isListed: true, isDead: false, pods: [], ...changes}
}
const planned = (changes: Partial<RemovalInput>) =>
  removalPlan({
    leavers: [leaver('worker', {pods: PODS})],
    nodes: NODES,
    members: [],
    budgets: [BUDGET],
    rules: RULES,
    disableEviction: false,
    now: 0,
    ...changes,
  })

describe('the plan of a removal', () => {
  it('names each pod that needs a flag, with the flag, all at once', () => {
    expect(planned({}).refusals).toEqual([
      'cannot drain worker: no controller creates shop/alone again; to delete it, pass --force',
      'cannot drain worker: shop/cache has data in an emptyDir volume; to delete the data, pass --delete-emptydir-data',
      'cannot drain worker: a DaemonSet manages shop/agent; to let it stop with the machine, pass --ignore-daemonsets',
    ])
  })

  it('with the flags says what becomes of each pod, and which budget holds those that are evicted', () => {
    const {refusals, removals, limits} = planned({rules: ALL})
    expect(refusals).toEqual([])
    expect(removals[0]?.drain).toEqual({
      moved: ['shop/web'],
      lost: [
        {pod: 'shop/alone', because: 'no controller'},
        {pod: 'shop/cache', because: 'emptyDir'},
      ],
      staying: ['shop/agent', 'shop/proxy'],
      refused: [],
    })
    expect(limits).toMatchObject([{budget: 'shop/web', pods: ['shop/web', 'shop/alone', 'shop/cache'], allowed: 0}])
  })

  it('asks no budget where pods are deleted and not evicted, and none for a dead machine', () => {
    expect(planned({rules: ALL, disableEviction: true}).limits).toEqual([])
    const dead = planned({leavers: [leaver('worker', {pods: PODS, isDead: true})]})
    expect(dead.limits).toEqual([])
    expect(dead.refusals).toEqual([])
    expect(dead.removals[0]?.drain.lost).toHaveLength(2)
  })

  it('refuses a machine as dead that shows a sign of life', () => {
    const works = leaver('worker', {isDead: true, signOfLife: 'its kubelet still reports (last at noon)'})
    expect(planned({leavers: [works]}).refusals).toEqual([
      'cannot remove worker as dead: its kubelet still reports (last at noon)',
    ])
  })

  it.each([
    ['10.0.0.1', 'cp-1', true],
    ['cp-1', 'cp-1', true],
    ['10.0.0.1', 'cp-2', false],
    ['api.example.org', 'cp-1', false],
  ])('refuses the machine of the control plane endpoint %s: %s, %s', (endpointHost, name, isRefused) => {
    const {refusals} = planned({leavers: [leaver(name)], endpointHost})
    expect(refusals).toHaveLength(isRefused ? 1 : 0)
    expect(planned({leavers: [leaver(name, {isDead: true})], endpointHost}).refusals).toEqual([])
  })
})
