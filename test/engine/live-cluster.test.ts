import {expect, test} from 'vitest'
import {readLiveCluster, sharedOnly, swapOf} from '../../src/engine/cluster/live-cluster.ts'
import {kubeadmConfigMap} from '../../src/manifests/kubeadm-config.ts'
import {clusterOf} from '../manifests/cluster.ts'
import {fakeKube} from '../resources/cluster/fake-kube.ts'

test('a node that joins decides for itself what hangs on its own kernel and runtime', () => {
  const shared = {clusterDomain: 'cluster.local', memorySwap: {swapBehavior: 'NoSwap'}}

  expect(sharedOnly({...shared, failSwapOn: false, failCgroupV1: false, cgroupDriver: 'systemd'})).toEqual(shared)
  expect(sharedOnly({failSwapOn: false, memorySwap: {swapBehavior: 'LimitedSwap'}})).toEqual({})
  expect(sharedOnly({memorySwap: {}})).toEqual({})
})

test('where kubelets run beside swap without another setting, pods on a new node get no swap either', () => {
  const none = {memorySwap: {swapBehavior: 'NoSwap'}}

  expect(sharedOnly({failSwapOn: false, memorySwap: {}})).toEqual(none)
  expect(sharedOnly({failSwapOn: false})).toEqual(none)
})

test('a cluster whose kubelets run beside swap keeps it, any other has none', () => {
  expect(swapOf({failSwapOn: false, memorySwap: {swapBehavior: 'LimitedSwap'}})).toBe('keep')
  expect([swapOf({failSwapOn: true}), swapOf({})]).toEqual(['off', 'off'])
})

test.each([
  [undefined, 'https://10.0.0.10:6443', 'https://10.0.0.10:6443'],
  ['lb.example.com:443', 'https://lb.example.com:443', 'https://lb.example.com:443'],
  ['api.kadm.internal:7443', 'https://api.kadm.internal:7443', 'https://10.0.0.10:6443'],
])(
  'nodes of a cluster at %s use its endpoint, and people a name that works for them too',
  async (endpoint, server, own) => {
    const given = clusterOf('v1.37.2', {controlPlaneEndpoint: endpoint})
    const configMap = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config'
    const api = fakeKube({[configMap]: kubeadmConfigMap(given)}, {list: () => Promise.resolve([])})
    const live = await readLiveCluster(api, clusterOf('v1.37.2'), {})

    expect(live).toMatchObject({server, publicServer: own, cluster: {controlPlaneEndpoint: endpoint}})
  },
)

test('a cluster whose control planes share an address says so to nodes that join', async () => {
  const virtualAddress = {address: '10.0.0.9', provider: 'kube-vip', networkInterface: 'eth1'} as const
  const given = clusterOf('v1.37.2', {controlPlaneEndpoint: '10.0.0.9:6443', virtualAddress})
  const configMap = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config'
  const api = fakeKube({[configMap]: kubeadmConfigMap(given)}, {list: () => Promise.resolve([])})

  const {cluster, server, publicServer} = await readLiveCluster(api, clusterOf('v1.37.2'), {})
  expect(cluster.virtualAddress).toEqual(virtualAddress)
  expect([server, publicServer]).toEqual(['https://10.0.0.9:6443', 'https://10.0.0.9:6443'])
})
