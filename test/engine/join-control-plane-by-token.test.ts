import {randomBytes} from 'node:crypto'
import {afterEach, describe, expect, test} from 'vitest'
import {privateKeyPem} from '../../src/certs/keys.ts'
import {sealBytes} from '../../src/certs/sealed-certs.ts'
import {sharedFiles} from '../../src/domain/shared-certs.ts'
import {preflightWorkflow} from '../../src/engine/workflows/workflow.ts'
import {caPins, signClusterInfo} from '../../src/kube/signature.ts'
import {clusterInfoKubeconfig} from '../../src/manifests/cluster-info.ts'
import {authority, fakeApi, refusal, type Answer, type Asked} from '../kube/fake-api.ts'
import {sampleCluster, sampleSpec} from '../phases/preflight/sample.ts'
import {workflowScene} from './workflow-scene.ts'

const TOKEN = {id: 'abcdef', secret: '0123456789abcdef'}
const BEARER = 'Bearer abcdef.0123456789abcdef'
const KEY = '5a'.repeat(32)
const ENDPOINT = 'controlPlaneEndpoint: 10.0.0.10:6443\n'
const FILES = sharedFiles({kubeadm: {externalEtcd: {endpoints: ['http://10.0.0.31:2379']}}})

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface Scene {
  /** More of the ClusterConfiguration. */
  readonly configuration: string
  /** What the Secret with the certificates has; undefined: it is gone. */
  readonly uploaded: Readonly<Record<string, string>> | undefined
}

/** A cluster with an etcd elsewhere, as a machine sees it that joins as a control plane with a token. */
async function joining(changes: Partial<Scene> = {}) {
  const ca = await authority()
  const texts = new Map(FILES.map(({entry}) => [entry, entry.endsWith('.key') ? privateKeyPem(ca.key) : ca.certPem]))
  const sealed = [...texts].map(([entry, text]) => [
    entry,
    sealBytes(Buffer.from(text), Buffer.from(KEY, 'hex'), randomBytes).toString('base64'),
  ])
  const {configuration, uploaded}: Scene = {
    configuration: ENDPOINT,
    uploaded: Object.fromEntries(sealed) as Readonly<Record<string, string>>,
    ...changes,
  }
  const kubeconfig = clusterInfoKubeconfig({server: 'https://10.0.0.10:6443', caPem: ca.certPem})
  const server = await fakeApi(asked => answerOf(asked), {ca})
  closers.push(server.close)

  const answerOf = ({url, headers, clientName}: Asked): Answer => {
    const path = url.replace(/\?.*$/, '').replace(/^.*\/(?:kube-system|kube-public|kube-flannel|v1)\//, '')
    const isAdmin = clientName === 'kubernetes-admin'
    if (url.startsWith('/readyz')) return {text: 'ok'}
    if (path === 'configmaps/cluster-info')
      return {json: {data: {kubeconfig, 'jws-kubeconfig-abcdef': signClusterInfo(kubeconfig, TOKEN)}}}
    if (!isAdmin && headers.authorization !== BEARER) return refusal(401, 'Unauthorized', 'who are you?')
    if (path === 'configmaps/kubeadm-config') return {json: {data: {ClusterConfiguration: DOCUMENT + configuration}}}
    if (path === 'configmaps/kubelet-config') return {json: {data: {}}}
    if (path === 'secrets/kubeadm-certs')
      return uploaded === undefined ? refusal(404, 'NotFound', 'gone') : {json: {data: uploaded}}
    return isAdmin ? {json: {items: []}} : refusal(403, 'Forbidden', 'not you')
  }
  const {options, did} = workflowScene({'cp-2': {}})
  const open = options.connect
  const spec = {...sampleSpec({name: 'cp-2', role: 'control-plane'}), address: '10.0.0.12'}
  const join = (certificateKey?: string) =>
    preflightWorkflow({
      ...options,
      command: 'join',
      cluster: sampleCluster({hosts: [spec]}),
      connect: async wanted => {
        const host = await open(wanted)
        const read: typeof host.read = (script, more) =>
          script.includes('base64 -w0') ? Promise.resolve('\n'.repeat(FILES.length)) : host.read(script, more)
        return {...host, read, forward: server.forward}
      },
      joinTo: {
        kind: 'token',
        endpoint: '10.0.0.10:6443',
        token: 'abcdef.0123456789abcdef',
        caHashes: caPins(ca.certPem),
        skipVerification: false,
        certificateKey,
      },
    })
  return {server, did, join}
}

const DOCUMENT = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.37.2
etcd: {external: {endpoints: ["http://10.0.0.31:2379"]}}
`

describe('a machine that joins as a control plane with a token', () => {
  test('opens the certificates with its key, and then asks the cluster as an administrator', async () => {
    const {server, did, join} = await joining()
    await join(KEY)

    const asked = server.asked.map(({url, clientName, headers}) => [url, clientName ?? headers.authorization] as const)
    expect(asked).toContainEqual(['/api/v1/namespaces/kube-system/secrets/kubeadm-certs', BEARER])
    expect(asked.find(([url]) => url.startsWith('/api/v1/nodes'))?.[1]).toBe('kubernetes-admin')
    expect(server.asked.every(({method}) => method === 'GET')).toBe(true)
    expect(did.filter(step => step.startsWith('run'))).toEqual([])
  })

  test.each<[string, Partial<Scene>, string | undefined, string]>([
    ['the cluster has no endpoint', {configuration: ''}, KEY, 'it has no controlPlaneEndpoint'],
    ['the upload has ended', {uploaded: undefined}, KEY, 'the cluster has no uploaded certificates'],
    ['the key is of another upload', {}, 'ff'.repeat(32), 'the certificate key does not open ca.crt'],
    ['it has no key and no certificates', {}, undefined, 'this machine lacks files that all control planes share'],
  ])('is refused when %s, and is not touched', async (_, changes, key, message) => {
    const {server, did, join} = await joining(changes)

    await expect(join(key)).rejects.toThrow(message)
    expect(server.asked.some(({clientName}) => clientName !== undefined)).toBe(false)
    expect(did.filter(step => step.startsWith('run'))).toEqual([])
  })
})
