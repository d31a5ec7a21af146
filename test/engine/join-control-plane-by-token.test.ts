import {randomBytes} from 'node:crypto'
import {afterEach, describe, expect, test} from 'vitest'
import {privateKeyPem} from '../../src/certs/keys.ts'
import {sealBytes} from '../../src/certs/sealed-certs.ts'
import {sharedFiles} from '../../src/domain/shared-certs.ts'
import {preflightWorkflow} from '../../src/engine/workflows/workflow.ts'
import {caPins, signClusterInfo} from '../../src/kube/signature.ts'
import {clusterInfoKubeconfig} from '../../src/manifests/cluster-info.ts'
import {kubeconfigYaml} from '../../src/manifests/kubeconfig.ts'
import {authority, fakeApi, leaf, refusal, type Answer, type Asked} from '../kube/fake-api.ts'
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

const PKI = '/etc/kubernetes/pki'
const ADMIN_CONF = '/etc/kubernetes/admin.conf'
/** All files of a control plane but the keys of the CAs. */
const SIGNED = [
  ...FILES.map(({path}) => path).filter(path => !path.endsWith('ca.key')),
  ...['apiserver', 'apiserver-kubelet-client', 'front-proxy-client'].flatMap(name => [
    `${PKI}/${name}.crt`,
    `${PKI}/${name}.key`,
  ]),
  ...['admin', 'kubelet', 'controller-manager', 'scheduler'].map(name => `/etc/kubernetes/${name}.conf`),
]

/** The access of an administrator, as a CA elsewhere signed it. */
async function adminConfBy(ca: Awaited<ReturnType<typeof authority>>): Promise<string> {
  const {cert, key} = await leaf(ca, 'kubernetes-admin')
  return kubeconfigYaml({
    clusterName: 'kubernetes',
    server: 'https://10.0.0.10:6443',
    caPem: ca.certPem,
    user: 'kubernetes-admin',
    credentials: {kind: 'certificate', certPem: cert, keyPem: key},
  })
}

interface Scene {
  /** More of the ClusterConfiguration. */
  readonly configuration: string
  /** What the Secret with the certificates has; undefined: it is gone. */
  readonly uploaded: Readonly<Record<string, string>> | undefined
  /** What the machine has of a cluster whose CAs have their keys elsewhere. */
  readonly signed: readonly string[]
}

/** A cluster with an etcd elsewhere, as a machine sees it that joins as a control plane with a token. */
async function joining(changes: Partial<Scene> = {}) {
  const ca = await authority()
  const texts = new Map(FILES.map(({entry}) => [entry, entry.endsWith('.key') ? privateKeyPem(ca.key) : ca.certPem]))
  const sealed = [...texts].map(([entry, text]) => [
    entry,
    sealBytes(Buffer.from(text), Buffer.from(KEY, 'hex'), randomBytes).toString('base64'),
  ])
  const {configuration, uploaded, signed}: Scene = {
    configuration: ENDPOINT,
    signed: [],
    uploaded: Object.fromEntries(sealed) as Readonly<Record<string, string>>,
    ...changes,
  }
  const adminConf = await adminConfBy(ca)
  const onMachine = new Map(
    signed.map(path => [path, texts.get(FILES.find(file => file.path === path)?.entry ?? '') ?? adminConf]),
  )
  /** By the scripts that read the shared files, or a signed one. */
  const readText = (script: string): Promise<string> | undefined => {
    if (script.startsWith('cat -- ')) return Promise.resolve(onMachine.get(script.slice('cat -- '.length)) ?? '')
    if (!script.includes('base64 -w0')) return undefined
    const asked = FILES.filter(({path}) => script.includes(path))
    return Promise.resolve(
      asked.map(({path}) => `${Buffer.from(onMachine.get(path) ?? '').toString('base64')}\n`).join(''),
    )
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
  const {options, did} = workflowScene({'cp-2': {files: [...onMachine.keys()]}})
  const open = options.connect
  const spec = {...sampleSpec({name: 'cp-2', role: 'control-plane'}), address: '10.0.0.12'}
  const join = (certificateKey?: string) =>
    preflightWorkflow({
      ...options,
      command: 'join',
      cluster: sampleCluster({hosts: [spec]}),
      connect: async wanted => {
        const host = await open(wanted)
        const read: typeof host.read = (script, more) => readText(script) ?? host.read(script, more)
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

  test('takes the access of its signed files, where the key of the CA is kept elsewhere', async () => {
    const {server, join} = await joining({signed: SIGNED, uploaded: undefined})
    await join()

    expect(server.asked.find(({url}) => url.startsWith('/api/v1/nodes'))?.clientName).toBe('kubernetes-admin')
  })

  test.each<[string, Partial<Scene>, string | undefined, string]>([
    [
      'it needs signed files',
      {signed: SIGNED.filter(path => path !== ADMIN_CONF)},
      undefined,
      `of ca, front-proxy-ca: ${ADMIN_CONF}; nothing`,
    ],
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
