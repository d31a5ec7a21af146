import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {parse, parseAllDocuments} from 'yaml'
import {
  bootstrapAccess,
  clusterInfoAccess,
  kubeadmConfigAccess,
  kubeletConfigAccess,
} from '../../src/manifests/access.ts'
import {apiServerPod} from '../../src/manifests/api-server.ts'
import {clusterInfoConfigMap} from '../../src/manifests/cluster-info.ts'
import {configHash} from '../../src/manifests/config-hash.ts'
import {controllerManagerPod} from '../../src/manifests/controller-manager.ts'
import {coreDnsObjects} from '../../src/manifests/coredns.ts'
import {etcdPod} from '../../src/manifests/etcd.ts'
import type {KubeObject} from '../../src/manifests/kube-object.ts'
import {kubeProxyObjects} from '../../src/manifests/kube-proxy.ts'
import {kubeadmConfigMap} from '../../src/manifests/kubeadm-config.ts'
import {kubeletConfigMap, kubeletConfigYaml} from '../../src/manifests/kubelet-config.ts'
import {schedulerPod} from '../../src/manifests/scheduler.ts'
import {toYaml} from '../../src/manifests/yaml.ts'
import {clusterOf, DEBIAN_HOST, nodeOf} from './cluster.ts'

// What a real kubeadm v1.37.2 wrote for this cluster with `kubeadm init --dry-run`.
const real = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'golden/real-kubeadm-v1.37.2', name), 'utf8')
const realObjects: readonly KubeObject[] = parseAllDocuments(real('objects.yaml')).map(
  document => document.toJS() as KubeObject,
)

const cluster = clusterOf('v1.37.2')
const node = nodeOf()
const input = {cluster, node, host: DEBIAN_HOST}

/** Leaves out what is empty to Go: zeros, empty texts, lists, maps, and zero durations. */
function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutZeros)
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value).flatMap(([key, inner]) => {
      const rest = withoutZeros(inner)
      return rest === undefined ? [] : [[key, rest] as const]
    })
    return kept.length === 0 ? undefined : Object.fromEntries(kept)
  }
  return value === null || value === '' || value === 0 || value === '0' || value === '0s' || value === false
    ? undefined
    : value
}

/** Opens YAML inside ConfigMaps, and forgets what differs on purpose: hashes of texts, and groups the server fills in. */
function comparable(object: KubeObject): unknown {
  const text = JSON.stringify(object, (key: string, value: unknown) => {
    if (key === 'apiGroup' && value === 'rbac.authorization.k8s.io') return undefined
    if (key === 'kubeadm.kubernetes.io/component-config.hash' || key === 'resourceVersion') return undefined
    const isYaml = typeof value === 'string' && /^"?(apiVersion|apiServer|kind)"?:/.test(value)
    return isYaml ? (parse(value) as unknown) : value
  })
  return withoutZeros(JSON.parse(text))
}

const realObject = (wanted: KubeObject): KubeObject | undefined =>
  realObjects.find(
    object =>
      object.kind === wanted.kind &&
      object.metadata.name === wanted.metadata.name &&
      object.metadata.namespace === wanted.metadata.namespace,
  )

describe('static pods', () => {
  const pods = {
    etcd: etcdPod(input),
    'kube-apiserver': apiServerPod(input),
    'kube-controller-manager': controllerManagerPod(input),
    'kube-scheduler': schedulerPod(input),
  }

  it.each(Object.entries(pods))('%s is the pod that the real kubeadm writes', (name, pod) => {
    // kubeadm writes an empty status, which says nothing
    expect({...(parse(toYaml(pod)) as KubeObject), status: {}}).toEqual(parse(real(`${name}.yaml`)))
  })
})

describe('objects in the API', () => {
  const objects = [
    kubeadmConfigMap(cluster),
    ...kubeadmConfigAccess(),
    kubeletConfigMap(cluster, 2),
    ...kubeletConfigAccess(),
    ...bootstrapAccess(cluster.version),
    clusterInfoConfigMap({server: 'https://192.168.56.10:6443', caPem: 'CA'}),
    ...clusterInfoAccess(),
    ...coreDnsObjects(cluster),
    ...kubeProxyObjects({cluster, controlPlane: node, setsConntrack: true}),
  ]

  it.each(objects.map(object => [`${object.kind} ${object.metadata.name}`, object] as const))(
    '%s is the one that the real kubeadm sends',
    (_name, object) => {
      const wanted = realObject(object)

      expect(wanted).toBeDefined()
      if (wanted !== undefined) expect(comparable(object)).toEqual(comparable(wanted))
    },
  )

  it('are all that the real kubeadm sends, but for the token', () => {
    const names = (list: readonly KubeObject[]): readonly string[] =>
      list.map(o => `${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`).sort()

    expect(names(objects)).toEqual(names(realObjects.filter(object => object.kind !== 'Secret')))
  })
})

describe('component configuration', () => {
  it('of the kubelet says what the real kubeadm says', () => {
    const ours: unknown = parse(
      kubeletConfigYaml(cluster, {cgroupVersion: 2, resolvedActive: false, swapOutside: false}),
    )

    expect(withoutZeros(ours)).toEqual(withoutZeros(parse(real('config.yaml'))))
  })

  it.each(['kubelet-config', 'kube-proxy'])('hash of %s is computed as the real kubeadm does', name => {
    const object = realObjects.find(o => o.kind === 'ConfigMap' && o.metadata.name === name)
    const hash = object?.metadata.annotations?.['kubeadm.kubernetes.io/component-config.hash']

    expect(configHash(object?.['data'] as Record<string, string>)).toBe(hash)
  })
})
