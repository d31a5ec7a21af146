import {afterAll, describe, expect, test} from 'vitest'
import {diagnoseCluster} from '../../../src/diagnose/cluster/diagnose-cluster.ts'
import {readSnapshot} from '../../../src/diagnose/cluster/read-snapshot.ts'
import type {ClusterSnapshot} from '../../../src/diagnose/cluster/snapshot.ts'
import {kubeClient, type KubeClient} from '../../../src/kube/client.ts'
import type {ApiObject} from '../../../src/kube/json.ts'
import {fakeApi, refusal, type Answer, type Asked, type FakeApi} from '../../kube/fake-api.ts'
import {noFile} from './cases/changes.ts'
import {healthy, kubeletConfiguration, NOW, slice} from './sample-cluster.ts'

const closers: (() => Promise<void>)[] = []
// Tests run side by side, so that no test may close what another one uses.
afterAll(async () => {
  for (const close of closers) await close()
})

const items = (list: readonly ApiObject[] | undefined): Answer => ({json: {items: list ?? []}})
const inNamespace = (list: readonly ApiObject[] | undefined, namespace: string): Answer =>
  items(list?.filter(one => JSON.stringify(one['metadata']).includes(`"namespace":"${namespace}"`)))

/** What the API of such a cluster answers. */
function answerOf(whole: ClusterSnapshot, {url}: Asked): Answer {
  const path = url.split('?')[0] ?? ''
  const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1] ?? ''
  const name = path.split('/').at(-1) ?? ''
  if (path === '/readyz') return {text: whole.readyz?.text ?? ''}
  if (path === '/version') return {json: {gitVersion: whole.version}}
  if (path.endsWith('/services/kube-dns')) return {json: whole.dnsService}
  if (path.endsWith('/subjectaccessreviews')) return {json: {status: {allowed: true}}}
  if (path.includes('/serviceaccounts/')) return {json: {metadata: {name}}}
  if (path === '/api/v1/services') return items([whole.dnsService as ApiObject])
  if (name === 'kubelet-config') return {json: kubeletConfiguration}
  if (path.includes('/configmaps/')) return name === 'gone' ? refusal(404, 'NotFound', 'no') : {json: {data: {}}}
  if (path === '/api/v1/pods') return items(whole.podSample)
  const lists: Readonly<Record<string, Answer>> = {
    nodes: items(whole.nodes),
    pods: inNamespace(whole.systemPods, namespace),
    daemonsets: items(whole.daemonSets),
    deployments: items(whole.deployments),
    leases: items(whole.leases),
    events: items([]),
    apiservices: items(whole.apiServices),
    endpointslices: items([slice([true])]),
    validatingwebhookconfigurations: items([]),
    mutatingwebhookconfigurations: items([]),
    certificatesigningrequests: items([]),
  }
  return lists[name] ?? refusal(404, 'NotFound', `no ${path}`)
}

async function cluster(
  change: (asked: Asked) => Answer | undefined = () => undefined,
  whole = healthy(),
): Promise<{api: KubeClient; fake: FakeApi}> {
  const fake = await fakeApi(asked => change(asked) ?? answerOf(whole, asked))
  const api = kubeClient(fake.endpoint, fake.forward)
  closers.push(api.close, fake.close)
  return {api, fake}
}

const read = (api: KubeClient): Promise<ClusterSnapshot> =>
  readSnapshot(api, {signal: new AbortController().signal, now: 0})

describe('one look at a cluster', () => {
  test('reads a healthy cluster, of which nothing is to be said, by its own time', async () => {
    const {api} = await cluster()

    const snapshot = await read(api)

    expect(snapshot.unread).toEqual([])
    expect(Math.abs(snapshot.now - NOW)).toBeLessThan(20_000)
    expect(diagnoseCluster(snapshot, noFile)).toEqual([])
  })

  test('asks as often of many nodes as of few', async () => {
    const few = await cluster()
    const many = await cluster(
      undefined,
      healthy(Array.from({length: 200}, (_, i) => ({name: `n${String(i)}`, controlPlane: i === 0}))),
    )

    await read(few.api)
    await read(many.api)

    expect(many.fake.asked).toHaveLength(few.fake.asked.length)
    expect(few.fake.asked.length).toBeLessThan(60)
    const changing = few.fake.asked.filter(({method, url}) => method !== 'GET' && !url.endsWith('accessreviews'))
    expect(changing).toEqual([])
  })

  test.concurrent.each([
    '/nodes',
    '/daemonsets',
    '/leases',
    '/apiservices',
    '/deployments',
    '/configmaps/',
    '/events',
    '/readyz',
  ])('does without %s when that cannot be read, names it, and judges the rest', async part => {
    const {api} = await cluster(({url}) =>
      url.split('?')[0]?.includes(part) === true ? refusal(500, 'InternalError', 'no') : undefined,
    )

    const snapshot = await read(api)

    expect(snapshot.unread.length > 0 || snapshot.readyz?.status === 500).toBe(true)
    expect(diagnoseCluster(snapshot, noFile)).toEqual([])
  })

  test('brings what could not make its pods and the Service behind a webhook', async () => {
    const event = {
      metadata: {uid: 'e'},
      reason: 'FailedCreate',
      message: 'failed calling webhook "guard.policy"',
      involvedObject: {apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web', uid: 'rs'},
      lastTimestamp: new Date(NOW).toISOString(),
    }
    const {api} = await cluster(({url}) => {
      if (url.includes('/api/v1/events')) return items([event])
      if (url.includes('/replicasets/web')) return {json: {metadata: {uid: 'rs'}, spec: {replicas: 1}, status: {}}}
      if (!url.includes('/validatingwebhook')) return undefined
      return items([
        {metadata: {name: 'guard'}, webhooks: [{clientConfig: {service: {namespace: 'policy', name: 'guard'}}}]},
      ])
    })

    const snapshot = await read(api)

    expect(snapshot.owners).toMatchObject({rs: {spec: {replicas: 1}}})
    expect(Object.keys(snapshot.endpoints)).toEqual(['kube-system/kube-dns', 'policy/guard'])
  })

  test('asks what the parts of the cluster may do, and believes only an answer', async () => {
    const {api, fake} = await cluster(({url, body}) => {
      if (!url.endsWith('/subjectaccessreviews')) return undefined
      const text = JSON.stringify(body)
      if (text.includes('flannel')) return refusal(403, 'Forbidden', 'no')
      return {json: {status: {allowed: !text.includes('kube-proxy')}}}
    })

    const {lackingRights} = await read(api)

    expect(lackingRights).toEqual([
      {who: 'kube-proxy', user: 'system:serviceaccount:kube-system:kube-proxy', what: 'list services'},
      {who: 'kube-proxy', user: 'system:serviceaccount:kube-system:kube-proxy', what: 'list endpointslices'},
      {who: 'kube-proxy', user: 'system:serviceaccount:kube-system:kube-proxy', what: 'list nodes'},
    ])
    expect(fake.asked.filter(({url}) => url.includes('fieldSelector=spec.clusterIP%3D10.96.0.10'))).toHaveLength(1)
  })

  test.each([
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
  ])('is refused as a whole where these credentials may do nothing (%s)', async (status, reason) => {
    const {api} = await cluster(({url}) => (url.startsWith('/readyz') ? undefined : refusal(status, reason, 'no')))

    await expect(read(api)).rejects.toMatchObject({status})
  })

  test.concurrent('says within seconds that nobody answers', async () => {
    const {api} = await cluster(() => 'hang')
    const start = performance.now()

    await expect(read(api)).rejects.toMatchObject({code: 'timeout'})
    expect(performance.now() - start).toBeLessThan(6_000)
  })
})
