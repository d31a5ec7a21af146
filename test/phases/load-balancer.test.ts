import {describe, expect, test} from 'vitest'
import {stringify} from 'yaml'
import type {Cluster} from '../../src/domain/cluster.ts'
import {wantedCertificate} from '../../src/domain/certificates.ts'
import {imageNeeds, imagesForRole} from '../../src/domain/images.ts'
import {HAPROXY_IMAGE} from '../../src/domain/releases.ts'
import {noProxy} from '../../src/domain/no-proxy.ts'
import {publicServer} from '../../src/domain/endpoint.ts'
import {internet} from '../../src/bundle/internet.ts'
import {manifestPlaces} from '../../src/phases/shared/image-mirrors.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import type {PhaseContext} from '../../src/phases/phase.ts'
import {applyPhases} from '../../src/phases/workflows/apply.ts'
import {sampleContext, stepsOn, type SampleNode} from './sample-context.ts'

const templates = readTemplates()
const ENDPOINT = 'api.kadm.internal:7443'

/** A run with three hosts whose nodes have their own load balancers. */
function localContext(on: SampleNode, more: Partial<PhaseContext> = {}): PhaseContext {
  const {cluster, nodes, node} = sampleContext(templates, {on})
  const all = sampleContext(templates, {on: 'second'}).nodes
  const [first = node] = nodes
  const local: Cluster = {...cluster, controlPlaneEndpoint: ENDPOINT}
  return sampleContext(templates, {
    on,
    cluster: local,
    nodes: all,
    endpoint: `https://${ENDPOINT}`,
    publicServer: publicServer(local, first),
    ...more,
  })
}

const resourcesOf = (context: PhaseContext, on: SampleNode, path: string) => {
  const step = stepsOn(applyPhases, on).find(one => one.path === path)
  if (step === undefined) throw new Error(`${path} does not run on ${on}`)
  expect(step.phase.when?.(context) ?? true).toBe(true)
  return step.phase.resources?.(context) ?? []
}

const textOf = (on: SampleNode, path: string, more: Partial<PhaseContext> = {}): string =>
  stringify(resourcesOf(localContext(on, more), on, path), {lineWidth: 0, aliasDuplicateObjects: false})

describe('a cluster whose nodes have their own load balancers', () => {
  test.each<[SampleNode, string]>([
    ['master', 'load-balancer'],
    ['second', 'control-plane-join/load-balancer'],
    ['worker', 'worker/load-balancer'],
    ['worker', 'worker/kubelet-start'],
    ['master', 'load-balancer-ready'],
    ['master', 'kubeconfig'],
    ['master', 'bootstrap-token'],
  ])('on a %s: %s', async (on, path) => {
    await expect(textOf(on, path)).toMatchFileSnapshot(`golden/local/${on}/${path}.yaml`)
  })

  test('writes the manifest before the kubelet starts, and waits for the pod after it', () => {
    const paths = (on: SampleNode) => stepsOn(applyPhases, on).map(({path}) => path)
    const before = (on: SampleNode, first: string, second: string) =>
      expect(paths(on).indexOf(first)).toBeLessThan(paths(on).indexOf(second))

    before('master', 'load-balancer', 'kubelet-start')
    before('second', 'control-plane-join/load-balancer', 'control-plane-join/kubelet-start')
    before('worker', 'worker/load-balancer', 'worker/kubelet-start')
    before('master', 'wait-control-plane', 'load-balancer-ready')
    before('master', 'load-balancer-ready', 'pod-network')
  })

  test('names the API by the loopback name only for what runs on nodes', () => {
    for (const path of ['kubeconfig', 'bootstrap-token']) expect(textOf('master', path)).not.toContain(ENDPOINT)
    for (const path of ['addon/kube-proxy/objects', 'upload-config']) expect(textOf('master', path)).toContain(ENDPOINT)
    expect(textOf('worker', 'worker/kubelet-start')).toContain(`https://${ENDPOINT}`)
  })

  test('has the name in the certificate of each API server, and asks no proxy for it', () => {
    const {cluster, node, nodes, facts} = localContext('second')
    const proxied = {...cluster, proxy: {http: 'http://proxy:3128', noProxy: []}}

    expect(wantedCertificate('apiserver', cluster, node).sans.dns).toContain('api.kadm.internal')
    expect(noProxy({cluster: proxied, node, nodes, facts, endpoint: undefined})).toContain('api.kadm.internal')
  })

  test('needs its image on every node, and others do not', () => {
    const {cluster} = localContext('worker')
    const imagesOf = (given: Cluster) => imagesForRole('worker', imageNeeds(given))

    expect(imagesOf(cluster)).toContain(HAPROXY_IMAGE)
    expect(imagesOf({...cluster, controlPlaneEndpoint: 'lb.example.com:6443'})).not.toContain(HAPROXY_IMAGE)
    expect(textOf('master', 'control-plane-images')).toContain(HAPROXY_IMAGE)
  })
})

test('the image is asked for at the server of Docker Hub, or at its mirror', () => {
  const place = (source: Cluster['source']): string | undefined =>
    manifestPlaces({source}, [HAPROXY_IMAGE])[HAPROXY_IMAGE]?.url.replace(/\/manifests\/.*/, '')
  const mirror = {registry: 'docker.io', url: 'https://mirror.lan/hub'}

  expect(place({kind: 'online'})).toBe('https://registry-1.docker.io/v2/library/haproxy')
  expect(place({kind: 'online', images: [mirror]})).toBe('https://mirror.lan/v2/hub/library/haproxy')
  expect([internet(undefined).urlOf('docker.io'), internet(undefined).urlOf('ghcr.io')]).toEqual([
    'https://registry-1.docker.io',
    'https://ghcr.io',
  ])
})

describe('the API servers of the load balancer', () => {
  const serversIn = (more: Partial<PhaseContext>): readonly string[] =>
    [...textOf('worker', 'worker/load-balancer', more).matchAll(/^ +server \S+ (\S+)$/gm)].map(([, to = '']) => to)
  const worker = localContext('worker').node

  test('are the control planes of the run and of the cluster', () => {
    expect(serversIn({})).toEqual(['192.168.56.10:6443', '192.168.56.12:6443'])
    expect(
      serversIn({
        nodes: [worker],
        existingNodes: [
          {role: 'control-plane', address: '192.168.56.10'},
          {role: 'worker', address: '192.168.56.20'},
        ],
      }),
    ).toEqual(['192.168.56.10:6443'])
  })

  test('are the one that was asked, when the run cannot list the nodes', () => {
    expect(
      serversIn({
        nodes: [worker],
        existingNodes: undefined,
        isAdmin: false,
        publicServer: 'https://192.168.56.12:7000',
      }),
    ).toEqual(['192.168.56.12:7000'])
  })
})
