import {describe, expect, test} from 'vitest'
import {operationOf, type OperationResource} from '../../../src/resources/any-resource.ts'
import {nodeLabelsAndTaints} from '../../../src/resources/cluster/node-labels-and-taints.ts'
import {nodePods} from '../../../src/resources/cluster/node-pods.ts'
import {nodeRemoved} from '../../../src/resources/cluster/node-removed.ts'
import {ready, type ReadyResource} from '../../../src/resources/cluster/ready.ts'
import type {ApiObject} from '../../../src/kube/json.ts'
import {fakeKube} from './fake-kube.ts'
import {operationContext, type ContextOptions} from './operation-context.ts'

const why = 'a test needs it'
const NODE = '/api/v1/nodes/vm-1'
const look = (resource: OperationResource, options: ContextOptions) =>
  operationOf(resource).look(resource, operationContext(options))
const act = (resource: OperationResource, options: ContextOptions) =>
  operationOf(resource).act(resource, operationContext(options))

const marks = nodeLabelsAndTaints({
  node: 'vm-1',
  labels: {zone: 'a'},
  taints: [{key: 'dedicated', value: 'db', effect: 'NoSchedule'}],
  deadlineMs: 120_000,
  why,
})
const readyNode = ready({what: 'node', name: 'vm-1', namespace: undefined, deadlineMs: 1000, why})

describe('the marks of a node', () => {
  const node = (labels: Record<string, string>, taints: readonly object[]) => ({
    metadata: {name: 'vm-1', labels: {'kubernetes.io/hostname': 'vm-1', ...labels}},
    spec: {taints},
  })
  const foreign = {key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z'}
  const ours = {key: 'dedicated', value: 'db', effect: 'NoSchedule'}
  const patching = (object: object) => fakeKube({[NODE]: object}, {patch: () => Promise.resolve({})})

  test('hold when they are there beside other values', async () => {
    const api = fakeKube({[NODE]: node({zone: 'a', other: 'x'}, [foreign, ours])})

    expect(await look(marks, {api})).toBeUndefined()
  })

  test('say which is missing', async () => {
    expect(await look(marks, {api: fakeKube()})).toBe('the node does not exist yet')
    expect(await look(marks, {api: fakeKube({[NODE]: node({zone: 'b'}, [ours])})})).toBe('label zone is missing')
    expect(await look(marks, {api: fakeKube({[NODE]: node({zone: 'a'}, [foreign])})})).toBe(
      'taint dedicated:NoSchedule is missing',
    )
  })

  test('are set, and other taints stay as they are', async () => {
    const api = patching(node({}, [foreign]))
    expect(await act(marks, {api})).toBe('changed')

    expect(api.asked.at(-1)).toBe(
      `patch ${NODE} strategic ${JSON.stringify({metadata: {labels: {zone: 'a'}}, spec: {taints: [ours, foreign]}})}`,
    )
  })

  test('that a look could not see are not a change where they exist', async () => {
    expect(await act(marks, {api: fakeKube({[NODE]: node({zone: 'a'}, [ours])})})).toBe('unchanged')
  })

  test('that are there with another value are replaced, since a node has one taint of a key and effect', async () => {
    const api = patching(node({}, [{...ours, value: 'web'}, foreign, {...ours, effect: 'NoExecute'}]))
    await act(marks, {api})

    expect(api.asked.at(-1)).toContain(JSON.stringify({taints: [ours, foreign, {...ours, effect: 'NoExecute'}]}))
  })

  test('wait as long for it as a slow cluster is given', async () => {
    await expect(act({...marks, deadlineMs: 900_000}, {api: fakeKube()})).rejects.toMatchObject({
      code: 'timeout',
      message: 'waited 900 s for node vm-1 to register; last seen: the kubelet has not registered the node',
    })
  })

  test('wait for the kubelet to register the node, and say so', async () => {
    let asked = 0
    const late = node({}, [])
    const api = fakeKube(
      {},
      {get: () => Promise.resolve(++asked < 3 ? undefined : late), patch: () => Promise.resolve({})},
    )
    const context = operationContext({api})
    await operationOf(marks).act(marks, context)

    expect(context.told).toStrictEqual(['the kubelet has not registered the node'])
    expect(context.clock.slept).toHaveLength(2)
  })
})

describe('something that controllers must bring about', () => {
  const seen = async (what: ReadyResource['what'], object: object | undefined, nodes: readonly ApiObject[] = []) => {
    const paths = {
      node: NODE,
      'static-pod': '/api/v1/namespaces/kube-system/pods/x',
      deployment: '/apis/apps/v1/namespaces/kube-system/deployments/x',
      daemonset: '/apis/apps/v1/namespaces/kube-system/daemonsets/x',
    }
    const resource = ready({
      what,
      name: what === 'node' ? 'vm-1' : 'x',
      namespace: what === 'node' ? undefined : 'kube-system',
      deadlineMs: 1000,
      why,
    })
    const list = () => Promise.resolve(nodes)
    return look(resource, {api: fakeKube(object === undefined ? {} : {[paths[what]]: object}, {list})})
  }
  const condition = (status: string, message?: string) => ({status: {conditions: [{type: 'Ready', status, message}]}})

  test.each<[ReadyResource['what'], object | undefined, string | undefined]>([
    ['node', undefined, 'it does not exist yet'],
    ['node', {status: {}}, 'the kubelet has not reported yet'],
    ['node', condition('False', 'cni plugin not initialized'), 'cni plugin not initialized'],
    ['node', condition('True'), undefined],
    ['static-pod', undefined, 'it does not exist yet'],
    ['static-pod', {status: {phase: 'Pending'}}, 'pending'],
    [
      'static-pod',
      {status: {containerStatuses: [{state: {waiting: {reason: 'CrashLoopBackOff'}}}]}},
      'waiting: CrashLoopBackOff',
    ],
    ['static-pod', {status: {containerStatuses: [{ready: false, state: {running: {}}}]}}, undefined],
    ['deployment', {spec: {replicas: 2}, status: {availableReplicas: 1}}, '1 of 2 pods available'],
    ['deployment', {spec: {}, status: {availableReplicas: 1}}, undefined],
    [
      'deployment',
      {metadata: {generation: 2}, spec: {}, status: {availableReplicas: 1, observedGeneration: 1}},
      'its controller has not seen it yet',
    ],
    ['daemonset', {status: {desiredNumberScheduled: 0, numberReady: 0}}, '0 of 0 pods ready'],
    ['daemonset', {status: {desiredNumberScheduled: 3, numberReady: 2}}, '2 of 3 pods ready'],
    ['daemonset', {status: {desiredNumberScheduled: 3, numberReady: 3}}, undefined],
  ])('%s %j: %s', async (what, object, lacking) => {
    expect(await seen(what, object)).toBe(lacking)
  })

  const silent = condition('Unknown')
  const starting = condition('False')
  test.each<['deployment' | 'daemonset', object, readonly ApiObject[], string | undefined]>([
    ['daemonset', {status: {desiredNumberScheduled: 3, numberReady: 2}}, [silent], undefined],
    ['daemonset', {status: {desiredNumberScheduled: 3, numberReady: 2}}, [starting], '2 of 3 pods ready'],
    ['daemonset', {status: {desiredNumberScheduled: 4, numberReady: 2}}, [silent], '2 of 4 pods ready'],
    ['daemonset', {status: {desiredNumberScheduled: 1, numberReady: 0}}, [silent], '0 of 1 pods ready'],
    ['deployment', {spec: {replicas: 2}, status: {availableReplicas: 1}}, [silent], undefined],
    ['deployment', {spec: {replicas: 2}, status: {availableReplicas: 0}}, [silent], '0 of 2 pods available'],
  ])('%s %j needs no pod of a machine that is off: %j', async (what, object, nodes, lacking) => {
    expect(await seen(what, object, nodes)).toBe(lacking)
  })

  test('is waited for with a deadline, and what was seen last is reported', async () => {
    const api = fakeKube({[NODE]: condition('False', 'cni plugin not initialized')})
    const context = operationContext({api})

    await expect(operationOf(readyNode).act(readyNode, context)).rejects.toMatchObject({
      code: 'timeout',
      host: 'vm-1',
      message: 'waited 1 s for node vm-1 to be ready; last seen: cni plugin not initialized',
    })
    expect(context.told).toStrictEqual(['waiting for node vm-1: cni plugin not initialized'])
  })
})

describe('a node that leaves', () => {
  test('is kept from new pods, emptied, then forgotten, and with it the pods that only it could run', async () => {
    const asked: string[] = []
    const daemon = {
      metadata: {
        name: 'kube-proxy-x',
        namespace: 'kube-system',
        ownerReferences: [{kind: 'DaemonSet', controller: true}],
      },
    }
    const api = fakeKube(
      {[NODE]: {metadata: {name: 'vm-1'}}},
      {
        patch: (path, body) => {
          asked.push(`patch ${path} ${JSON.stringify(body)}`)
          return Promise.resolve({})
        },
        list: () => Promise.resolve([daemon]),
        delete: (path, options) => {
          asked.push(`delete ${path}${options?.gracePeriodSeconds === 0 ? ' at once' : ''}`)
          return Promise.resolve(true)
        },
      },
    )

    await act(nodeRemoved({node: 'vm-1', isMember: true, drainMs: 1000, why}), {api})

    expect(asked[0]).toContain('"unschedulable":true')
    expect(asked.slice(-2)).toEqual([
      `delete ${NODE}`,
      'delete /api/v1/namespaces/kube-system/pods/kube-proxy-x at once',
    ])
  })
})

describe("a node's own pods", () => {
  const PROXY = '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy'
  const wanted = nodePods({
    node: 'vm-1',
    daemonSets: [
      {namespace: 'kube-system', name: 'kube-proxy'},
      {namespace: 'kube-flannel', name: 'kube-flannel-ds'},
    ],
    deadlineMs: 1000,
    why,
  })
  const pod = (uid: string, ready: boolean, more: object = {}) => ({
    metadata: {name: 'x', ownerReferences: [{uid, controller: true}], ...more},
    status: {phase: 'Running', conditions: [{type: 'Ready', status: ready ? 'True' : 'False'}]},
  })
  const readySince = (lastTransitionTime: string) => ({
    ...pod('p', true, {creationTimestamp: '2026-01-01T00:00:00Z'}),
    status: {phase: 'Running', conditions: [{type: 'Ready', status: 'True', lastTransitionTime}]},
  })
  const withPods = (...pods: readonly (readonly object[])[]) => {
    let looks = 0
    return fakeKube(
      {
        [PROXY]: {metadata: {name: 'kube-proxy', uid: 'p'}},
        [NODE]: {metadata: {name: 'vm-1', creationTimestamp: '2026-01-01T01:00:00Z'}},
      },
      {list: () => Promise.resolve((pods[Math.min(looks++, pods.length - 1)] ?? []) as readonly ApiObject[])},
    )
  }

  test('are there when each set that the cluster has runs one there', async () => {
    const own = pod('p', true, {creationTimestamp: '2026-01-01T01:00:05Z'})

    expect(await look(wanted, {api: withPods([pod('other', false), own])})).toBeUndefined()
  })

  test('say which set still lacks one', async () => {
    const ending = pod('p', true, {deletionTimestamp: '2026-01-01T00:00:00Z'})

    expect(await look(wanted, {api: withPods([])})).toBe('kube-proxy: pod not created')
    expect(await look(wanted, {api: withPods([ending])})).toBe('kube-proxy: pod not created')
    expect(await look(wanted, {api: withPods([pod('p', false)])})).toBe('kube-proxy: running')
  })

  test('are not the ones that an earlier node of its name left, until its own kubelet says so', async () => {
    const before = withPods([readySince('2026-01-01T00:00:10Z')])
    const since = withPods([readySince('2026-01-01T01:00:10Z')])

    expect(await look(wanted, {api: before})).toBe('kube-proxy: pod belongs to an earlier node with this name')
    expect(await look(wanted, {api: since})).toBeUndefined()
  })

  test('are waited for, and what they do meanwhile is reported', async () => {
    const api = withPods([], [pod('p', false)], [readySince('2026-01-01T01:00:10Z')])
    const context = operationContext({api})
    await operationOf(wanted).act(wanted, context)

    expect(context.told).toEqual([
      "waiting for the node's own pods: kube-proxy: pod not created",
      "waiting for the node's own pods: kube-proxy: running",
    ])
  })
})
