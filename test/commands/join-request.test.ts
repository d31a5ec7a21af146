import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {issueCa} from '../../src/certs/issue.ts'
import {makeKey} from '../../src/certs/keys.ts'
import {joinByDiscovery} from '../../src/commands/runtime/requests/discovery.ts'
import {joinRequest, type JoinFlags} from '../../src/commands/runtime/requests/join-request.ts'
import {releasesOf} from '../../src/commands/runtime/requests/release-labels.ts'
import {caPins} from '../../src/kube/signature.ts'

const TOKEN = 'abcdef.0123456789abcdef'
const NO_FLAGS: JoinFlags = {
  'identity-file': undefined,
  'ssh-user': undefined,
  'ssh-port': undefined,
  jump: undefined,
  file: undefined,
  to: undefined,
  token: undefined,
  'discovery-token-ca-cert-hash': undefined,
  'discovery-token-unsafe-skip-ca-verification': false,
  'node-name': undefined,
  'control-plane': false,
  'certificate-key': undefined,
  'apiserver-advertise-address': undefined,
  bundle: undefined,
  swap: undefined,
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kadm-join-'))
})
afterAll(() => rmSync(folder, {recursive: true}))

function joinFile(name: string, more = ''): string {
  const path = join(folder, name)
  writeFileSync(
    path,
    `apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: "192.0.2.10:6443", unsafeSkipCAVerification: true}
nodeRegistration:
  name: Worker-A
  kubeletExtraArgs:
  - {name: node-labels, value: tier=web}
${more}`,
  )
  return path
}

describe('join with a JoinConfiguration', () => {
  test('alone: this machine, by the discovery of the file', async () => {
    const {cluster, joinTo} = await joinRequest([], {...NO_FLAGS, file: joinFile('a.yaml')})

    expect(cluster.hosts).toMatchObject([
      {
        ssh: 'local',
        role: 'worker',
        nodeName: 'worker-a',
        kubeletExtraArgs: [{name: 'node-labels', value: 'tier=web'}],
      },
    ])
    expect(joinTo).toMatchObject({
      kind: 'token',
      endpoint: '192.0.2.10:6443',
      token: TOKEN,
      skipVerification: true,
      swapAsCluster: true,
    })
  })

  test('beside a token on the command line, what it says of the node counts', async () => {
    const flags = {...NO_FLAGS, token: TOKEN, 'discovery-token-unsafe-skip-ca-verification': true}
    const {cluster, joinTo} = await joinRequest(['10.0.0.1:6443'], {...flags, file: joinFile('b.yaml')})

    expect(cluster.hosts).toMatchObject([{kubeletExtraArgs: [{name: 'node-labels', value: 'tier=web'}]}])
    expect(joinTo).toMatchObject({kind: 'token', endpoint: '10.0.0.1:6443'})
  })

  test('with --to, it is for the machines that are named', async () => {
    const flags = {...NO_FLAGS, to: 'ubuntu@192.0.2.10', file: joinFile('c.yaml', 'timeouts: {tlsBootstrap: 10m}\n')}
    const {cluster, joinTo} = await joinRequest(['ubuntu@192.0.2.11'], flags)

    expect(cluster.hosts).toMatchObject([{nodeName: 'worker-a', ssh: {address: '192.0.2.11'}}])
    expect(cluster.kubeadm?.join?.timeouts).toEqual({tlsBootstrap: 600})
    expect(joinTo).toMatchObject({kind: 'ssh', spec: {ssh: {address: '192.0.2.10'}}})
  })

  test('that describes a control plane makes one, with its address and certificate key', async () => {
    const key = 'ab'.repeat(32)
    const more = `controlPlane:\n  localAPIEndpoint: {advertiseAddress: 192.0.2.12}\n  certificateKey: ${key}\n`
    const {cluster, joinTo, warnings} = await joinRequest([], {...NO_FLAGS, file: joinFile('d.yaml', more)})

    expect(cluster.hosts).toMatchObject([
      {role: 'control-plane', ssh: 'local', nodeName: 'worker-a', address: '192.0.2.12'},
    ])
    expect(joinTo).toMatchObject({kind: 'token', certificateKey: key})
    expect(warnings).toEqual([])
  })

  test('with a token for the certificate of its own uses the other one to find the cluster', async () => {
    const file = joinFile('e.yaml')
    const own = 'fedcba.0123456789abcdef'
    writeFileSync(file, readFileSync(file, 'utf8').replace('discovery:\n', `discovery:\n  tlsBootstrapToken: ${own}\n`))

    const {joinTo} = await joinRequest([], {...NO_FLAGS, file})
    expect(joinTo).toMatchObject({kind: 'token', token: own, discoveryToken: TOKEN})
  })

  test('that names no discovery is refused with what to write', async () => {
    const file = join(folder, 'f.yaml')
    writeFileSync(file, 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\n')

    await expect(joinRequest([], {...NO_FLAGS, file})).rejects.toMatchObject({
      code: 'config',
      message: 'the file names no discovery, so the cluster is not known',
    })
  })

  test('that is not there is refused', async () => {
    const missing = {...NO_FLAGS, token: TOKEN, 'discovery-token-unsafe-skip-ca-verification': true}

    await expect(joinRequest(['10.0.0.1:6443'], {...missing, file: join(folder, 'none.yaml')})).rejects.toMatchObject({
      code: 'config',
    })
  })
})

describe('join --control-plane', () => {
  const KEY = 'cd'.repeat(32)
  const byToken = {...NO_FLAGS, token: TOKEN, 'discovery-token-unsafe-skip-ca-verification': true}
  const CLUSTER = `apiVersion: kadm/v1
kind: Cluster
controlPlaneEndpoint: lb.example.org:6443
hosts:
- {name: cp-1, role: control-plane, ssh: 192.0.2.10}
- {name: cp-2, role: control-plane, ssh: 192.0.2.11}
- {name: worker, role: worker, ssh: 192.0.2.12}
`
  const clusterFile = (): string => {
    const path = join(folder, 'kadm.yaml')
    writeFileSync(path, CLUSTER)
    return path
  }

  test('--to: all machines become control planes', async () => {
    const flags = {...NO_FLAGS, to: 'cp-1', 'control-plane': true}
    const {cluster, joinTo} = await joinRequest(['ubuntu@cp-2', 'cp-3'], flags)

    expect(cluster.hosts.map(({role}) => role)).toEqual(['control-plane', 'control-plane'])
    expect(joinTo).toMatchObject({kind: 'ssh', spec: {ssh: {address: 'cp-1'}}})
  })

  test('--token: this machine, with the key of the command line before that of the file', async () => {
    const flags = {...byToken, 'control-plane': true, 'certificate-key': KEY}
    const file = joinFile('e.yaml', `controlPlane: {certificateKey: ${'ab'.repeat(32)}}\n`)
    const {cluster, joinTo} = await joinRequest(['10.0.0.1:6443'], {...flags, file})

    expect(cluster.hosts).toMatchObject([{role: 'control-plane', ssh: 'local'}])
    expect(joinTo).toMatchObject({kind: 'token', certificateKey: KEY})
  })

  test('a bad key is refused, and not repeated', async () => {
    const flags = {...byToken, 'control-plane': true, 'certificate-key': KEY.slice(2)}
    const error: unknown = await joinRequest(['10.0.0.1:6443'], flags).catch((reason: unknown) => reason)

    expect(error).toMatchObject({
      code: 'usage',
      message: '--certificate-key is not a certificate key: it has 62 hexadecimal digits instead of 64',
      hint: expect.stringContaining('kadm certs upload') as unknown,
    })
    expect(JSON.stringify(error)).not.toContain('cdcd')
  })

  test.each([
    ['a worker', {...byToken, 'certificate-key': KEY}, ['10.0.0.1:6443'], 'it is for control planes'],
    ['SSH', {...NO_FLAGS, to: 'cp-1', 'control-plane': true, 'certificate-key': KEY}, ['cp-2'], 'over SSH'],
  ])('a key that %s does not need is worth a warning', async (_, flags, targets, warning) => {
    const {warnings} = await joinRequest(targets, flags)
    expect(warnings).toEqual([expect.stringContaining(warning)])
  })

  test('hosts of a file have the roles of the file', async () => {
    const flags = {...NO_FLAGS, file: clusterFile(), to: 'cp-1'}
    const {cluster} = await joinRequest(['cp-2', 'worker'], flags)

    expect(cluster.hosts.map(({name, role}) => [name, role])).toEqual([
      ['cp-2', 'control-plane'],
      ['worker', 'worker'],
    ])
    await expect(joinRequest(['cp-2', 'worker'], {...flags, 'control-plane': true})).rejects.toThrow(
      'worker is a worker in',
    )
  })

  test('without --to, any other control plane of the file may be asked', async () => {
    const flags = {...NO_FLAGS, file: clusterFile()}
    const asked = async (...targets: readonly string[]) =>
      (await joinRequest(targets, flags)).controlPlanes.map(({name}) => name)

    expect(await asked('worker')).toEqual(['cp-1', 'cp-2'])
    expect(await asked('cp-1')).toEqual(['cp-2'])
    await expect(asked('cp-1', 'cp-2')).rejects.toThrow('no control plane beside the machines that are to join')
    expect((await joinRequest(['cp-1'], {...flags, to: '192.0.2.11'})).controlPlanes).toHaveLength(1)
  })

  test('--apiserver-advertise-address is the address of one new node', async () => {
    const flags = {...NO_FLAGS, to: 'cp-1', 'control-plane': true, 'apiserver-advertise-address': '192.0.2.11'}
    const {cluster} = await joinRequest(['cp-2'], flags)

    expect(cluster.hosts).toMatchObject([{address: '192.0.2.11'}])
    await expect(joinRequest(['cp-2', 'cp-3'], flags)).rejects.toThrow('works with one machine only')
    await expect(joinRequest(['cp-2'], {...flags, 'apiserver-advertise-address': 'cp-2'})).rejects.toThrow(
      "'cp-2' is not an IP address",
    )
  })
})

describe('a discovery file', () => {
  const config = (more: object): string =>
    JSON.stringify({
      clusters: [{cluster: {server: 'https://10.0.0.1:6443', 'certificate-authority-data': more}}],
    })

  test('gives the address and the CA, and its token or the one of the document', async () => {
    const wanted = {
      isCa: true,
      commonName: 'kubernetes',
      organisations: [],
      usages: [],
      sans: {dns: [], ips: []},
      hours: 24,
    }
    const now = new Date('2026-06-01T00:00:00Z')
    const random = (count: number): Buffer => Buffer.alloc(count, 7)
    const pem = issueCa({wanted, key: await makeKey('ECDSA-P256'), now, random})
    const text = JSON.stringify({
      clusters: [
        {cluster: {server: 'https://10.0.0.1:6443', 'certificate-authority-data': Buffer.from(pem).toString('base64')}},
      ],
      users: [{user: {token: 'fedcba.0123456789abcdef'}}],
    })
    const found = await joinByDiscovery({kubeConfigPath: '/a'}, () => Promise.resolve(text))
    const given = await joinByDiscovery({kubeConfigPath: '/a', tlsBootstrapToken: TOKEN}, () => Promise.resolve(text))

    expect(found).toEqual({
      kind: 'token',
      endpoint: '10.0.0.1:6443',
      token: 'fedcba.0123456789abcdef',
      caHashes: caPins(pem),
      skipVerification: false,
    })
    expect(given.token).toBe(TOKEN)
  })

  test.each([
    ['', 'is not a kubeconfig'],
    ['{clusters: [{cluster: {server: "https://a"}}]}', 'has no CA'],
    [config({}).replace('{}', '"QQ=="'), 'has no token'],
  ])('%j is refused', async (text, words) => {
    await expect(joinByDiscovery({kubeConfigPath: '/a'}, () => Promise.resolve(text))).rejects.toThrow(words)
  })

  test('no discovery at all is refused', async () => {
    await expect(joinByDiscovery({}, () => Promise.resolve(''))).rejects.toThrow('names no discovery')
  })
})

describe('labels of releases', () => {
  const text = 'kubernetesVersion: stable-1.37\n---\n  "kubernetesVersion": "latest",\nkubernetesVersion: v1.37.2\n'

  test('are asked for once each, and text that does not name a release is ignored', async () => {
    const asked: string[] = []
    const releases = await releasesOf(text, label => {
      asked.push(label)
      return Promise.resolve(label === 'stable-1.37' ? 'v1.37.9\n' : 'v1.39.0-alpha.1')
    })

    expect(asked).toEqual(['stable-1.37', 'latest'])
    expect([...releases]).toEqual([['stable-1.37', 'v1.37.9']])
  })

  test('stay unknown where the server cannot be asked', async () => {
    expect([...(await releasesOf(text, () => Promise.reject(new Error('offline'))))]).toEqual([])
  })
})
