import {createPrivateKey, randomBytes, X509Certificate} from 'node:crypto'
import {readlinkSync, statSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {makeKey, parsePrivateKey} from '../../src/certs/keys.ts'
import {isIssuedBy, issueLeaf} from '../../src/certs/issue.ts'
import {certPath} from '../../src/domain/certificates.ts'
import {wantedKubeconfigCertificate} from '../../src/domain/kubeconfig-specs.ts'
import {ADMIN_CONF, KUBELET_CLIENT_PEM, KUBELET_CONF} from '../../src/domain/paths.ts'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {readLedger} from '../../src/engine/ledger/read-ledger.ts'
import {look} from '../../src/engine/hosts/look.ts'
import {endpointFromKubeconfig} from '../../src/kube/kubeconfig.ts'
import {kubeconfigYaml, type KubeconfigInput} from '../../src/manifests/kubeconfig.ts'
import {kubeconfig, type KubeconfigResource} from '../../src/resources/pki/kubeconfig.ts'
import type {KeyPair} from '../../src/resources/core/values.ts'
import {apply, NEVER, proving} from '../engine/sample-run.ts'
import {scratchHosts, type ScratchHost} from '../engine/scratch-host.ts'
import {anAuthority, cluster, laterBy, node, START, valuesOf} from './cluster-values.ts'

const scratch = scratchHosts()
const SERVER = 'https://192.168.56.11:6443'

const wanted = ({now = START, server = SERVER}: {now?: Date; server?: string} = {}): KubeconfigResource =>
  kubeconfig({
    path: KUBELET_CONF,
    why: 'a test needs it',
    user: 'system:node:master',
    server,
    clusterName: 'demo',
    wanted: wantedKubeconfigCertificate('kubelet', cluster, node),
    algorithm: 'ECDSA-P256',
    caPath: certPath('ca'),
    at: now.toISOString(),
  })

async function bench(): Promise<{vm: ScratchHost; authority: KeyPair}> {
  const vm = scratch()
  const authority = await anAuthority()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write(certPath('ca'), authority.certPem)
  return {vm, authority}
}

/** Lets the file name the certificate at its place on the scratch host. */
const resolvable = (vm: ScratchHost): void => vm.write(KUBELET_CONF, vm.real(vm.read(KUBELET_CONF)))

const diffOf = async (vm: ScratchHost, resource = wanted()): Promise<string | undefined> =>
  (await look(vm.host, [resource], NEVER))[0]?.diff

/** The file as somebody else wrote it. */
const written = (authority: KeyPair, more: Partial<KubeconfigInput> = {}): string =>
  kubeconfigYaml({
    clusterName: 'demo',
    server: SERVER,
    caPem: authority.certPem,
    user: 'system:node:master',
    credentials: {kind: 'certificate-files', certPath: KUBELET_CLIENT_PEM, keyPath: KUBELET_CLIENT_PEM},
    ...more,
  })

describe('a kubeconfig', () => {
  test('is made with a certificate by the authority of the cluster, and then holds', async () => {
    const {vm, authority} = await bench()

    expect(await diffOf(vm)).toBe('will be created')
    expect(await apply(vm.host, [wanted()], {values: valuesOf({authority})})).toBe(1)

    resolvable(vm)
    expect(await diffOf(vm)).toBeUndefined()
    const admin = {...wanted(), path: ADMIN_CONF, id: `kubeconfig:${ADMIN_CONF}`}
    await apply(vm.host, [admin], {values: valuesOf({authority})})
    const {credentials, host} = endpointFromKubeconfig(vm.read(ADMIN_CONF))
    expect(host).toBe('192.168.56.11')
    expect(credentials.kind === 'certificate' && isIssuedBy(credentials.cert, authority.certPem)).toBe(true)
  })

  test('of the kubelet names the link at which the kubelet renews its certificate', async () => {
    const {vm, authority} = await bench()

    await apply(vm.host, [wanted()], {values: valuesOf({authority})})

    expect(vm.read(KUBELET_CONF)).toContain(`client-key: "${KUBELET_CLIENT_PEM}"`)
    const target = readlinkSync(vm.real(KUBELET_CLIENT_PEM))
    expect(target).toBe(
      vm.real(KUBELET_CLIENT_PEM.replace('current', START.toISOString().slice(0, 19).replaceAll(/[T:]/g, '-'))),
    )
    expect(statSync(target).mode & 0o777).toBe(0o600)
    const pem = vm.read(KUBELET_CLIENT_PEM)
    expect(isIssuedBy(pem, authority.certPem)).toBe(true)
    expect(new X509Certificate(pem).checkPrivateKey(createPrivateKey(pem))).toBe(true)
  })

  test('of a kubelet that starts before its own API server names another one first, and either is right', async () => {
    const {vm, authority} = await bench()
    const firstServer = 'https://192.168.56.10:6443'
    const joining = {...wanted(), firstServer}

    await apply(vm.host, [joining], {values: valuesOf({authority})})

    expect(vm.read(KUBELET_CONF)).toContain(`server: "${firstServer}"`)
    expect(await diffOf(vm, joining)).toBeUndefined()
    expect(await diffOf(vm)).toBe(`contains the server ${firstServer} instead of ${SERVER}`)
    vm.write(KUBELET_CONF, written(authority))
    expect(await diffOf(vm, joining)).toBeUndefined()
  })

  test('waits for the authority', async () => {
    const {vm, authority} = await bench()
    vm.write(KUBELET_CONF, written(authority))
    await vm.host.read(`rm ${certPath('ca')}`)

    expect(await diffOf(vm)).toBe('its CA will be created')
  })

  test('by an authority elsewhere is judged before its CA is there, and never issued', async () => {
    const {vm, authority} = await bench()
    await vm.host.read(`rm ${certPath('ca')}`)
    const signed = {...wanted(), isKeyElsewhere: true}
    vm.write(KUBELET_CONF, written(authority, {server: 'https://10.0.0.9:6443'}))

    expect(await diffOf(vm, signed)).toMatch(/^contains the server/)
    await expect(apply(vm.host, [signed], {values: valuesOf({authority})})).rejects.toThrow('without the key of its CA')
    vm.write(KUBELET_CONF, written(authority))
    expect(await diffOf(vm, signed)).toBeUndefined()
  })

  test('of the kubelet that points at the certificate it renews itself is left to it', async () => {
    const {vm, authority} = await bench()
    vm.write(KUBELET_CONF, written(authority))

    expect(await diffOf(vm, wanted({now: laterBy(100 * 24 * 365)}))).toBeUndefined()
  })

  test('of the kubelet gets another certificate when the one that it names expired, which is kept', async () => {
    const {vm, authority} = await bench()
    const key = await makeKey('ECDSA-P256')
    const issuing = {wanted: wanted().wanted, key, now: START, random: randomBytes}
    const pem = issueLeaf(issuing, {certPem: authority.certPem, key: parsePrivateKey(authority.keyPem)})
    vm.write(KUBELET_CONF, vm.real(written(authority)))
    const former = KUBELET_CLIENT_PEM.replace('current', '2025-01-01-00-00-00')
    vm.write(former, pem)
    await vm.host.read(`ln -s ${former} ${KUBELET_CLIENT_PEM}`)
    const later = wanted({now: laterBy(9000)})

    expect(await diffOf(vm)).toBeUndefined()
    expect(await diffOf(vm, later)).toContain('its certificate expired on ')
    await apply(vm.host, [later], {values: valuesOf({authority, now: laterBy(9000)})})

    resolvable(vm)
    expect(await diffOf(vm, later)).toBeUndefined()
    expect(vm.read(former)).toBe(pem)
  })

  test('of the kubelet is rewritten when the certificate it names is lost', async () => {
    const {vm, authority} = await bench()
    vm.write(KUBELET_CONF, vm.real(written(authority)))
    vm.write('/var/lib/kubelet/pki/kubelet.crt', '')

    expect(await diffOf(vm)).toBe('its certificate is missing')
  })

  test('for another server says which', async () => {
    const {vm, authority} = await bench()
    vm.write(KUBELET_CONF, written(authority, {server: 'https://10.9.9.9:6443'}))

    expect(await diffOf(vm)).toBe(`contains the server https://10.9.9.9:6443 instead of ${SERVER}`)
  })

  test('for another cluster is said', async () => {
    const {vm} = await bench()
    vm.write(KUBELET_CONF, written(await anAuthority()))

    expect(await diffOf(vm)).toBe('contains another CA')
  })

  test('whose certificate another authority signed is said', async () => {
    const {vm, authority} = await bench()
    const other = await anAuthority()
    await expect(apply(vm.host, [wanted()], {values: valuesOf({authority: other})})).rejects.toThrow('another CA')
    const foreign = Buffer.from(other.certPem).toString('base64')
    vm.write(KUBELET_CONF, vm.read(KUBELET_CONF).replace(foreign, Buffer.from(authority.certPem).toString('base64')))

    resolvable(vm)
    expect(await diffOf(vm)).toBe('its certificate was signed by another CA')
  })

  test('that has expired is renewed', async () => {
    const {vm, authority} = await bench()
    await apply(vm.host, [wanted()], {values: valuesOf({authority})})
    resolvable(vm)
    const now = laterBy(cluster.pki.leafHours + 1)

    expect(await diffOf(vm, wanted({now}))).toMatch(/^its certificate expired on 2027-/)
    expect(await apply(vm.host, [wanted({now})], {values: valuesOf({authority, now})})).toBe(1)
    resolvable(vm)
    expect(await diffOf(vm, wanted({now}))).toBeUndefined()
  })

  test('for another user is reported', async () => {
    const {vm, authority} = await bench()
    const key = await makeKey('ECDSA-P256')
    const admin = wantedKubeconfigCertificate('admin', cluster, node)
    const certPem = issueLeaf(
      {wanted: admin, key, now: START, random: size => Buffer.alloc(size, 1)},
      {certPem: authority.certPem, key: parsePrivateKey(authority.keyPem)},
    )
    vm.write(KUBELET_CONF, written(authority, {credentials: {kind: 'certificate', certPem, keyPem: 'x'}}))

    expect(await diffOf(vm)).toBe('is for kubernetes-admin')
  })

  test.each([
    ['empty', () => ' \n'],
    ['no YAML', () => 'a: [\n'],
    ['something else', () => 'kind: Pod\n'],
    ['without a usable authority', (authority: KeyPair) => written({...authority, certPem: 'no certificate'})],
    [
      'with a certificate that is none',
      (authority: KeyPair) => written(authority, {credentials: {kind: 'certificate', certPem: 'none', keyPem: 'x'}}),
    ],
  ])('that is %s cannot be read, is rewritten, and is restored by undo', async (_, text) => {
    const {vm, authority} = await bench()
    const before = text(authority)
    vm.write(KUBELET_CONF, before)

    expect(await diffOf(vm)).toBe('cannot be read')
    expect(await apply(vm.host, [wanted()], {values: valuesOf({authority})})).toBe(1)
    await revertLedger(proving(vm.host, 1))

    expect(vm.read(KUBELET_CONF)).toBe(before)
  })

  test('never shows its key: not to a look, and not to the ledger', async () => {
    const {vm, authority} = await bench()
    await apply(vm.host, [wanted()], {values: valuesOf({authority})})
    const key = /PRIVATE KEY-----\n([A-Za-z0-9+/=]+)/.exec(vm.read(KUBELET_CLIENT_PEM))?.[1] ?? 'none'

    const seen = JSON.stringify([
      await look(vm.host, [wanted()], NEVER),
      (await readLedger(vm.host, NEVER)).entries.map(({applied, original}) => [applied, original]),
    ])

    expect(key.length).toBeGreaterThan(50)
    expect(seen).toContain('client-certificate')
    expect(seen).not.toContain(key)
  })
})
