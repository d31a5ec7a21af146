import {describe, expect, test} from 'vitest'
import type {KubeClient} from '../../../src/kube/client.ts'
import {nodeRegistered, nodeRegisteredOperation} from '../../../src/resources/cluster/node-registered.ts'
import {fakeKube, type FakeKube} from './fake-kube.ts'
import {operationContext} from './operation-context.ts'

const NODE = '/api/v1/nodes/vm-1'
const resource = nodeRegistered({node: 'vm-1', graceMs: 10_000, deadlineMs: 60_000, why: 'a test needs it'})
const conflist = (...ranges: readonly string[]): string =>
  JSON.stringify({name: 'kadm-pods', plugins: [{ipam: {ranges: ranges.map(subnet => [{subnet}])}}]})
const node = (name: string, ...podCIDRs: readonly string[]) => ({
  metadata: {name, labels: {'kubernetes.io/hostname': name}},
  spec: {podCIDR: podCIDRs[0], podCIDRs},
})
const daemonPod = (name: string, namespace: string, kind = 'DaemonSet') => ({
  metadata: {name, namespace, ownerReferences: [{kind, uid: '1'}]},
})

interface Cluster {
  readonly own?: object
  readonly others?: readonly object[]
  readonly onHost?: string
  /** Whether the kubelet registers when it is started. */
  readonly registers?: boolean
}

function scene({own, others = [], onHost = '', registers = true}: Cluster) {
  const ran: string[] = []
  const deleted: string[] = []
  const changes: Partial<KubeClient> = {
    list: path =>
      Promise.resolve(
        path.startsWith('/api/v1/pods')
          ? [
              daemonPod('flannel-1', 'kube-flannel'),
              daemonPod('kube-proxy-1', 'kube-system'),
              daemonPod('coredns-1', 'kube-system', 'ReplicaSet'),
              daemonPod('agent-1', 'monitoring'),
            ]
          : [...api.objects.values(), ...others].map(object => JSON.parse(JSON.stringify(object)) as never),
      ),
    delete: path => {
      deleted.push(path)
      return Promise.resolve(api.objects.delete(path))
    },
  }
  const api: FakeKube = fakeKube(own === undefined ? {} : {[NODE]: own}, changes)
  const context = operationContext({api})
  const host = {
    ...context.host,
    read: (script: string) => {
      if (script.includes('conflist')) return Promise.resolve(onHost)
      ran.push(script)
      const there = api.objects.get(NODE)
      if (registers)
        api.objects.set(NODE, {
          ...(there ?? {spec: {podCIDRs: ['10.244.9.0/24']}}),
          metadata: {name: 'vm-1', labels: {'kubernetes.io/hostname': 'vm-1'}},
        })
      return Promise.resolve('')
    },
  }
  return {api, ran, deleted, context: {...context, host}}
}

describe('a node that the cluster must know', () => {
  test.each([
    ['with the range of its pods', {own: node('vm-1', '10.244.1.0/24'), onHost: conflist('10.244.1.0/24')}],
    [
      'with both ranges of its pods',
      {own: node('vm-1', 'fd00::/64', '10.244.1.0/24'), onHost: conflist('10.244.1.0/24', 'fd00::/64')},
    ],
    ['before any pod has an address', {own: node('vm-1', '10.244.1.0/24')}],
    ['before it was given a range', {own: node('vm-1'), onHost: conflist('10.244.1.0/24')}],
    [
      'with a pod network of its own',
      {own: node('vm-1', '10.244.1.0/24'), onHost: '{"name": "k8s-pod-network", "subnet": "usePodCidr"}'},
    ],
  ])('is left as it is %s', async (_, cluster) => {
    const {context, ran, deleted} = scene(cluster)

    expect(await nodeRegisteredOperation.look(resource, context)).toBeUndefined()
    expect(await nodeRegisteredOperation.act(resource, context)).toBe('unchanged')
    expect([...ran, ...deleted]).toEqual([])
  })

  test('and does not registers by its next kubelet, after the time it is given, with the range that its pods have', async () => {
    const {context, ran, deleted, api} = scene({
      onHost: conflist('10.244.1.0/24'),
      others: [node('other', '10.244.2.0/24')],
    })

    expect(await nodeRegisteredOperation.look(resource, context)).toBe(
      'the cluster does not have a node with this name yet',
    )
    expect(await nodeRegisteredOperation.act(resource, context)).toBe('changed')

    expect(context.clock.now()).toBeGreaterThanOrEqual(10_000)
    expect(ran).toEqual(['systemctl restart kubelet.service'])
    expect(api.objects.get(NODE)).toMatchObject({spec: {podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24']}})
    expect(deleted).toEqual([
      '/api/v1/namespaces/kube-flannel/pods/flannel-1',
      '/api/v1/namespaces/kube-system/pods/kube-proxy-1',
    ])
  })

  test('takes a new range where another node has its own by now', async () => {
    const {context, api} = scene({onHost: conflist('10.244.1.0/24'), others: [node('other', '10.244.1.0/24')]})

    await expect(nodeRegisteredOperation.act(resource, context)).rejects.toMatchObject({
      code: 'remote',
      message: expect.stringContaining(
        'have addresses from 10.244.1.0/24, which now belongs to another node',
      ) as string,
      hint: expect.stringContaining('kadm doctor vm-1') as string,
    })
    expect(api.asked.filter(call => call.startsWith('create'))).toEqual([])
  })

  test('that registered with another range is created again with that of its pods', async () => {
    const {context, ran, deleted, api} = scene({own: node('vm-1', '10.244.3.0/24'), onHost: conflist('10.244.1.0/24')})

    expect(await nodeRegisteredOperation.look(resource, context)).toBe(
      'its pods have addresses of 10.244.1.0/24, but the cluster gave the node 10.244.3.0/24',
    )
    expect(await nodeRegisteredOperation.act(resource, context)).toBe('changed')

    expect(deleted[0]).toBe(NODE)
    expect(ran).toHaveLength(1)
    expect(api.objects.get(NODE)).toMatchObject({spec: {podCIDRs: ['10.244.1.0/24']}})
  })

  test('is restarted once only, and what was seen is reported when it stays away', async () => {
    const {context, ran} = scene({registers: false})

    await expect(nodeRegisteredOperation.act(resource, context)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('the kubelet was restarted to register the node') as string,
    })
    expect(ran).toHaveLength(1)
  })
})
