import {containing} from '../../kube/matchers.ts'
import {describe, expect, test} from 'vitest'
import {KadmError} from '../../../src/domain/errors.ts'
import type {KubeClient} from '../../../src/kube/client.ts'
import {clusterInfoConfigMap} from '../../../src/manifests/cluster-info.ts'
import {operationOf, type OperationResource} from '../../../src/resources/any-resource.ts'
import {adminBinding} from '../../../src/resources/cluster/admin-binding.ts'
import {clusterInfo} from '../../../src/resources/cluster/cluster-info.ts'
import {endpointHealthy} from '../../../src/resources/cluster/endpoint-healthy.ts'
import {kubeObject} from '../../../src/resources/cluster/kube-object.ts'
import {nodeLabelsAndTaints} from '../../../src/resources/cluster/node-labels-and-taints.ts'
import {nodeRemoved} from '../../../src/resources/cluster/node-removed.ts'
import {ready} from '../../../src/resources/cluster/ready.ts'
import {fakeKube, refused} from './fake-kube.ts'
import {operationContext, type ContextOptions} from './operation-context.ts'

const why = 'a test needs it'
const NODE = '/api/v1/nodes/vm-1'
const look = (resource: OperationResource, options: ContextOptions) =>
  operationOf(resource).look(resource, operationContext(options))
const act = (resource: OperationResource, options: ContextOptions) =>
  operationOf(resource).act(resource, operationContext(options))

const configMap = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'demo', namespace: 'default'}, data: {a: '1'}}
const CONFIG_MAP = '/api/v1/namespaces/default/configmaps/demo'
const binding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: {name: 'kubeadm:cluster-admins'},
}
const BINDING = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubeadm%3Acluster-admins'
const marks = nodeLabelsAndTaints({
  node: 'vm-1',
  labels: {zone: 'a'},
  taints: [{key: 'dedicated', value: 'db', effect: 'NoSchedule'}],
  deadlineMs: 120_000,
  why,
})
const readyNode = ready({what: 'node', name: 'vm-1', namespace: undefined, deadlineMs: 1000, why})

describe('a look', () => {
  const all: readonly OperationResource[] = [
    adminBinding(binding, why),
    clusterInfo('https://10.0.0.10:6443'),
    kubeObject(configMap, why),
    marks,
    readyNode,
  ]

  test.each(all.map(resource => [resource.kind, resource] as const))(
    'at %s does not fail because the API does not exist',
    async (_, resource) => {
      const down = new KadmError('connect', 'connection refused')
      const failing = fakeKube({}, {get: () => Promise.reject(down), pathOf: () => Promise.reject(down)})

      expect(await look(resource, {api: down})).toBe('the API server does not answer yet')
      expect(await look(resource, {api: failing})).toBe('the API server does not answer yet')
    },
  )

  test.each(all.map(resource => [resource.kind, resource] as const))(
    'at %s says so when the API answers and refuses',
    async (_, resource) => {
      const api = fakeKube({}, {get: () => Promise.reject(refused(401, 'Unauthorized'))})

      expect(await look(resource, {api})).toBe('could not: Unauthorized')
    },
  )

  test.each(all.map(resource => [resource.kind, resource] as const))(
    'at %s ends when the run is cancelled',
    async (_, resource) => {
      await expect(look(resource, {api: new KadmError('cancelled', 'cancelled')})).rejects.toThrow('cancelled')
    },
  )

  test.each(all.map(resource => [resource.kind, resource] as const))(
    'at %s does not take a lost machine, a ban or a bug for an API that does not exist yet',
    async (_, resource) => {
      const lost = new KadmError('host-lost', 'the connection was lost')
      const banned = new KadmError('no-forwarding', 'the SSH server does not allow forwarding')
      const bug = new TypeError('x is undefined')
      const buggy = fakeKube({}, {get: () => Promise.reject(bug), pathOf: () => Promise.reject(bug)})

      await expect(look(resource, {api: lost})).rejects.toBe(lost)
      await expect(look(resource, {api: banned})).rejects.toBe(banned)
      await expect(look(resource, {api: buggy})).rejects.toBe(bug)
    },
  )

  test.each([
    ['does not answer', new KadmError('connect', 'refused')],
    ['is slow', new KadmError('timeout', 'no answer in time')],
    ['refuses', refused(401, 'Unauthorized')],
  ])('for a node that must go is not skipped unseen when the cluster %s', async (_, error) => {
    const gone = nodeRemoved({node: 'vm-1', isMember: true, drainMs: 1000, why})

    await expect(look(gone, {api: error})).rejects.toMatchObject({
      code: error.code,
      message: `cannot remove node vm-1 from the cluster, so kadm reset nothing: ${error.message}`,
      hint: containing('--to'),
    })
  })

  test('for a machine that belongs to no cluster is nothing to wait for when the cluster does not answer', async () => {
    const gone = nodeRemoved({node: 'vm-1', isMember: false, drainMs: 1000, why})

    expect(await look(gone, {api: new KadmError('connect', 'refused')})).toBeUndefined()
    expect(await look(gone, {api: fakeKube({[NODE]: {}})})).toBe('is in the cluster')
  })

  test('for a node that must go says whether it is in the cluster', async () => {
    const gone = nodeRemoved({node: 'vm-1', isMember: true, drainMs: 1000, why})

    expect(await look(gone, {api: fakeKube()})).toBeUndefined()
    expect(await look(gone, {api: fakeKube({[NODE]: {}})})).toBe('is in the cluster')
  })
})

describe('an object in the API', () => {
  const resource = kubeObject(configMap, why)

  test('that is missing is applied, and then there is nothing to do', async () => {
    const api = fakeKube()

    expect(await look(resource, {api})).toBe('is missing')
    expect(await act(resource, {api})).toBe('changed')

    expect(api.asked.at(-1)).toBe(`apply ${CONFIG_MAP}`)
    expect(await look(resource, {api})).toBeUndefined()
  })

  test('that a look could not see, and that has the wanted state, is not a change', async () => {
    const api = fakeKube({[CONFIG_MAP]: configMap})

    expect(await act(resource, {api})).toBe('unchanged')
    expect(api.asked.filter(call => call.startsWith('apply'))).toStrictEqual([])
  })

  test('waits a moment for its namespace, and is reported when that does not exist', async () => {
    let refusals = 2
    const late: KubeClient = fakeKube(
      {},
      {apply: () => (refusals-- > 0 ? Promise.reject(refused(404, 'NotFound')) : Promise.resolve({}))},
    )
    const never: KubeClient = fakeKube({}, {apply: () => Promise.reject(refused(404, 'NotFound'))})
    const forbidden: KubeClient = fakeKube({}, {apply: () => Promise.reject(refused(403, 'Forbidden'))})

    await act(resource, {api: late})
    await expect(act(resource, {api: never})).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('last seen: could not: NotFound') as unknown,
    })
    await expect(act(resource, {api: forbidden})).rejects.toMatchObject({
      code: 'remote',
      message: 'could not: Forbidden',
    })
  })

  test('with more in it than is wanted is left alone', async () => {
    const api = fakeKube({[CONFIG_MAP]: {...configMap, data: {a: '1', b: '2'}, status: {}}})

    expect(await look(resource, {api})).toBeUndefined()
  })

  test('that differs says in which field', async () => {
    expect(await look(resource, {api: fakeKube({[CONFIG_MAP]: {...configMap, data: {a: '2'}}})})).toBe('data.a differs')
  })
})

describe('the rights of the administrator', () => {
  const resource = adminBinding(binding, why)
  const refusing = (error: Error): KubeClient => fakeKube({}, {create: () => Promise.reject(error)})

  test('are given by the administrator where it may', async () => {
    const api = fakeKube()
    await act(resource, {api})

    expect(api.asked).toStrictEqual([`create ${BINDING}`])
    expect(await look(resource, {api})).toBeUndefined()
  })

  test('are given by the super administrator where the administrator is forbidden to', async () => {
    const superApi = fakeKube()
    await act(resource, {api: refusing(refused(403, 'Forbidden')), superApi})

    expect(superApi.asked).toStrictEqual([`create ${BINDING}`])
  })

  test.each([
    ['refused for another reason', refused(401, 'Unauthorized')],
    ['not answered', new KadmError('connect', 'connection refused')],
  ])('are not asked of the super administrator when the administrator is %s', async (_, error) => {
    const superApi = fakeKube()

    await expect(act(resource, {api: refusing(error), superApi})).rejects.toBe(error)
    expect(superApi.asked).toStrictEqual([])
  })

  test('that another program gave in the meantime is accepted', async () => {
    const there = fakeKube({[BINDING]: binding})

    expect(await act(resource, {api: there})).toBe('unchanged')
    expect(await act(resource, {api: refusing(refused(403, 'Forbidden')), superApi: there})).toBe('unchanged')
  })
})

describe('where the cluster is', () => {
  const server = 'https://10.0.0.10:6443'
  const PATH = '/api/v1/namespaces/kube-public/configmaps/cluster-info'
  const holding = (object: object) => ({api: fakeKube({[PATH]: object})})

  test('is stored once and then holds', async () => {
    const api = fakeKube()

    expect(await look(clusterInfo(server), {api})).toBe('is missing')
    expect(await act(clusterInfo(server), {api, caPem: 'PEM'})).toBe('changed')
    expect(await act(clusterInfo(server), {api, caPem: 'PEM'})).toBe('unchanged')

    expect(await look(clusterInfo(server), {api})).toBeUndefined()
  })

  test('stays when it names another control plane that is as good', async () => {
    const other = 'https://10.0.0.11:6443'
    const api = holding(clusterInfoConfigMap({server: other, caPem: 'PEM'}))

    expect(await look(clusterInfo(server, [server, other]), api)).toBeUndefined()
    expect(await look(clusterInfo(server, [server]), api)).toBe(`contains the server ${other} instead of ${server}`)
  })

  test('with a signature that the cluster added holds too', async () => {
    const live = clusterInfoConfigMap({server, caPem: 'PEM'})

    expect(
      await look(clusterInfo(server), holding({...live, data: {...live.data, 'jws-kubeconfig-abcdef': 'x'}})),
    ).toBe(undefined)
  })

  test('with another server is said', async () => {
    const live = clusterInfoConfigMap({server: 'https://10.0.0.9:6443', caPem: 'PEM'})

    expect(await look(clusterInfo(server), holding(live))).toBe(
      'contains the server https://10.0.0.9:6443 instead of https://10.0.0.10:6443',
    )
  })

  test('that cannot be read is said, and not taken for an API that is away', async () => {
    expect(await look(clusterInfo(server), holding({data: {kubeconfig: 'kind: Something'}}))).toBe('cannot be read')
  })
})

test('the address of a health check says where it is asked', async () => {
  const kubelet = endpointHealthy({
    component: 'kubelet',
    scheme: 'http',
    address: '127.0.0.1',
    port: 10248,
    path: '/healthz',
    deadlineMs: 500,
    why,
  })

  expect(await look(kubelet, {})).toBe('not healthy yet: nothing listens there')
  await expect(act(kubelet, {})).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('kubelet to be healthy (port 10248/healthz)') as string,
  })
})
