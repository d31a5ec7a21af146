import {describe, expect, it} from 'vitest'
import {componentStatus, podState} from '../../src/kube/components.ts'
import {toleratesCordon} from '../../src/kube/drain/cordon-toleration.ts'
import {drain, judgePod} from '../../src/kube/drain/drain.ts'
import {listNodes, uncordon} from '../../src/kube/nodes.ts'
import {fakeClock, type Answer} from './fake-api.ts'
import {served} from './served.ts'
import {containing} from './matchers.ts'

const {start} = served()

const items = (...all: readonly unknown[]): Answer => ({json: {items: all, metadata: {}}})
const owned = (kind: string): object => ({ownerReferences: [{kind, controller: true}]})

const node = {
  metadata: {
    name: 'master',
    creationTimestamp: '2026-11-24T05:00:00Z',
    labels: {'node-role.kubernetes.io/control-plane': '', 'kubernetes.io/hostname': 'master'},
  },
  spec: {
    podCIDR: '10.244.0.0/24',
    unschedulable: true,
    taints: [{key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule'}],
  },
  status: {
    conditions: [{type: 'Ready', status: 'False', message: 'cni plugin not initialized'}],
    addresses: [
      {type: 'Hostname', address: 'master'},
      {type: 'InternalIP', address: '10.0.0.10'},
    ],
    nodeInfo: {
      kubeletVersion: 'v1.37.2',
      containerRuntimeVersion: 'containerd://2.4.2',
      machineID: 'm',
      systemUUID: 'u',
    },
  },
}

describe('the nodes', () => {
  it('are reported with what matters of them', async () => {
    const {api} = await start(() => items(node))

    const [found] = await listNodes(api)

    expect(found).toMatchObject({
      name: 'master',
      ready: false,
      reason: 'cni plugin not initialized',
      controlPlane: true,
      roles: ['control-plane'],
      schedulable: false,
      taints: [{key: 'node-role.kubernetes.io/control-plane', value: undefined, effect: 'NoSchedule'}],
      version: 'v1.37.2',
      internalAddress: '10.0.0.10',
      podCidr: '10.244.0.0/24',
      runtime: 'containerd://2.4.2',
    })
  })

  it('take pods again, and lose the mark of who cordoned them', async () => {
    const {api, server} = await start(() => ({json: {}}))

    await uncordon(api, 'worker-1', {annotations: {'kadm/verify-cordoned': undefined}})

    expect(server.asked[0]).toMatchObject({
      method: 'PATCH',
      url: '/api/v1/nodes/worker-1',
      headers: {'content-type': 'application/merge-patch+json'},
      body: JSON.stringify({metadata: {annotations: {'kadm/verify-cordoned': null}}, spec: {unschedulable: null}}),
    })
  })
})

describe('a drain', () => {
  it.each([
    ['a static pod', {metadata: {annotations: {'kubernetes.io/config.mirror': 'x'}}}, 'stays'],
    ['a pod of a DaemonSet', {metadata: owned('DaemonSet')}, 'stays'],
    ['a pod of a ReplicaSet', {metadata: owned('ReplicaSet')}, 'moves'],
    ['a pod that has ended', {metadata: {}, status: {phase: 'Succeeded'}}, 'moves'],
    ['a pod of nobody', {metadata: {}, status: {phase: 'Running'}}, 'lost'],
  ])('judges %s', (_, pod, verdict) => {
    expect(judgePod(pod)).toBe(verdict)
  })

  it('cordons, evicts and waits, and leaves DaemonSets alone', async () => {
    let evicted = false
    const {api, server} = await start(({url, method}) => {
      if (url.includes('/eviction')) evicted = true
      if (method !== 'GET') return {json: {}}
      const daemon = {metadata: {name: 'flannel', namespace: 'kube-flannel', ...owned('DaemonSet')}}
      const web = {metadata: {name: 'web', namespace: 'default', ...owned('ReplicaSet')}}
      return evicted ? items(daemon) : items(daemon, web)
    })

    expect(await drain(api, 'worker-1', {clock: fakeClock()})).toEqual(['default/web'])
    expect(server.asked.filter(one => one.method !== 'GET').map(one => `${one.method} ${one.url}`)).toEqual([
      'PATCH /api/v1/nodes/worker-1',
      'POST /api/v1/namespaces/default/pods/web/eviction',
    ])
  })

  it.each([
    [{operator: 'Exists'}, true],
    [{operator: 'Exists', effect: 'NoSchedule'}, true],
    [{key: 'node.kubernetes.io/unschedulable', operator: 'Exists'}, true],
    [{key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule'}, true],
    [{operator: 'Exists', effect: 'NoExecute'}, false],
    [{key: 'node-role.kubernetes.io/control-plane', operator: 'Exists'}, false],
  ])('knows that a pod with the toleration %j may come to a cordoned node: %j', (toleration, isTolerated) => {
    expect(toleratesCordon({spec: {tolerations: [toleration]}})).toBe(isTolerated)
  })

  it('evicts a pod that tolerates the cordon one time, and another one that comes meanwhile until it is gone', async () => {
    const podOf = (name: string, uid: string, tolerations: readonly object[]) => ({
      metadata: {name, namespace: 'default', uid, ...owned('ReplicaSet')},
      spec: {tolerations},
    })
    let pods = [podOf('agent-1', 'a', [{operator: 'Exists'}])]
    const {api, server} = await start(({url, method}) => {
      if (method === 'GET') return items(...pods)
      const [, name] = /pods\/([^/]+)\/eviction/.exec(url) ?? []
      pods = pods.filter(pod => pod.metadata.name !== name)
      if (name === 'agent-1') pods = [podOf('agent-2', 'b', [{operator: 'Exists'}]), podOf('web', 'c', [])]
      return {json: {}}
    })

    expect(await drain(api, 'worker-1', {clock: fakeClock()})).toEqual(['default/agent-1'])
    expect(server.asked.filter(one => one.method === 'POST').map(one => one.url.split('/')[6])).toEqual([
      'agent-1',
      'web',
    ])
  })

  it('tells which budget holds it up', async () => {
    const web = {metadata: {name: 'web', namespace: 'default', labels: {app: 'web'}, ...owned('ReplicaSet')}}
    const causes = [
      {reason: 'DisruptionBudget', message: 'The disruption budget keep-one needs 1 healthy pods and has 1 currently'},
    ]
    const {api} = await start(({url, method}) => {
      if (url.includes('/eviction'))
        return {status: 429, json: {kind: 'Status', reason: 'TooManyRequests', details: {causes}}}
      return method === 'GET' ? items(web) : {json: {}}
    })

    await expect(drain(api, 'worker-1', {clock: fakeClock(), deadlineMs: 1_000})).rejects.toMatchObject({
      code: 'timeout',
      message: containing('last seen: default/web: the disruption budget keep-one needs 1 healthy pods'),
    })
  })

  it('does not begin when a pod would be lost, unless by force', async () => {
    let there = true
    const {api, server} = await start(({url, method}) => {
      if (url.includes('/eviction')) there = false
      if (method !== 'GET') return {json: {}}
      return there ? items({metadata: {name: 'alone', namespace: 'default'}}) : items()
    })

    await expect(drain(api, 'w', {clock: fakeClock()})).rejects.toMatchObject({
      message: containing('default/alone'),
    })
    expect(server.asked.every(one => one.method === 'GET')).toBe(true)
    expect(await drain(api, 'w', {clock: fakeClock(), lost: 'remove'})).toEqual(['default/alone'])
  })
})

describe('the components', () => {
  it('are the static pods and the workloads of the cluster, each with what is wrong', async () => {
    const pod = {
      metadata: {
        name: 'kube-apiserver-master',
        namespace: 'kube-system',
        annotations: {'kubernetes.io/config.mirror': 'x'},
      },
      spec: {nodeName: 'master', containers: [{image: 'registry.k8s.io/kube-apiserver:v1.37.2'}]},
      status: {phase: 'Running', conditions: [{type: 'Ready', status: 'True'}], containerStatuses: [{restartCount: 1}]},
    }
    const dns = {
      metadata: {name: 'coredns', namespace: 'kube-system'},
      spec: {replicas: 2, template: {spec: {containers: [{image: 'coredns'}]}}},
      status: {availableReplicas: 1},
    }
    const {api} = await start(({url}) => {
      if (url.includes('/pods')) return items(pod)
      return url.includes('kube-system/deployments') ? items(dns) : items()
    })

    expect(await componentStatus(api)).toEqual([
      {
        name: 'kube-apiserver-master',
        kind: 'static-pod',
        node: 'master',
        ok: true,
        state: 'ok',
        image: 'registry.k8s.io/kube-apiserver:v1.37.2',
        detail: 'running, restarted 1 time',
      },
      {
        name: 'coredns',
        kind: 'deployment',
        node: undefined,
        ok: false,
        state: 'broken',
        image: 'coredns',
        detail: '1 of 2 available',
      },
    ])
  })

  it.each([
    [{phase: 'Pending', containerStatuses: [{state: {waiting: {reason: 'ContainerCreating'}}}]}, 'starting'],
    [
      {phase: 'Pending', containerStatuses: [{state: {waiting: {reason: 'ErrImagePull', message: 'no such host'}}}]},
      'waiting: ErrImagePull: no such host',
    ],
    [
      {phase: 'Pending', conditions: [{type: 'PodScheduled', status: 'False', message: '0/3 nodes'}]},
      'not scheduled: 0/3 nodes',
    ],
    [{phase: 'Running', containerStatuses: [{restartCount: 2}]}, 'running, restarted 2 times'],
  ])('say of a pod %j: %s', (status, said) => {
    expect(podState({status})).toBe(said)
  })
})
