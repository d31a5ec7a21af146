import {statSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {inspect} from '../../src/certs/inspect.ts'
import {isIssuedBy} from '../../src/certs/issue.ts'
import {
  CA_NAMES,
  certificateSpec,
  certPath,
  keyPath,
  wantedCertificate,
  type CertificateName,
} from '../../src/domain/certificates.ts'
import type {KeyAlgorithm} from '../../src/domain/cluster.ts'
import {AUTHORITY_BACK, SIGNED} from '../../src/domain/lost-authority.ts'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {readLedger} from '../../src/engine/ledger/read-ledger.ts'
import {look} from '../../src/engine/hosts/look.ts'
import {certificate, certificateKind, type CertificateResource} from '../../src/resources/pki/certificate.ts'
import {apply, NEVER, proving} from '../engine/sample-run.ts'
import {scratchHosts, type ScratchHost} from '../engine/scratch-host.ts'
import {anAuthority, cluster, laterBy, node, START, valuesOf} from './cluster-values.ts'

const scratch = scratchHosts()

const of = (
  name: CertificateName,
  {now = START, algorithm = 'ECDSA-P256'}: {now?: Date; algorithm?: KeyAlgorithm} = {},
): CertificateResource =>
  certificate({
    name,
    signer: certificateSpec(name).signer,
    why: 'a test needs it',
    wanted: wantedCertificate(name, cluster, node),
    algorithm,
    at: now.toISOString(),
  })

const bench = (): ScratchHost => {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write('/etc/kubernetes/pki/x', '')
  return vm
}
const filesOf = (vm: ScratchHost, name: CertificateName) => ({
  cert: vm.read(certPath(name)),
  key: vm.read(keyPath(name)),
})
const diffOf = async (vm: ScratchHost, resource: CertificateResource): Promise<string | undefined> =>
  (await look(vm.host, [resource], NEVER))[0]?.diff

/** A host with an authority and a certificate by it. */
async function withBoth() {
  const vm = bench()
  const values = valuesOf()
  await apply(vm.host, [of('ca')], {values})
  await apply(vm.host, [of('apiserver')], {values})
  return {vm, ca: filesOf(vm, 'ca'), apiserver: filesOf(vm, 'apiserver')}
}

describe('an authority', () => {
  test.each<KeyAlgorithm>(['ECDSA-P256', 'ECDSA-P384', 'RSA-2048'])(
    'is made on a host that has none, and the host itself then vouches for its key (%s)',
    async algorithm => {
      const vm = bench()

      expect(await diffOf(vm, of('ca', {algorithm}))).toBe('the certificate is missing')
      await apply(vm.host, [of('ca', {algorithm})], {values: valuesOf()})

      expect(await diffOf(vm, of('ca', {algorithm}))).toBeUndefined()
      expect(inspect(vm.read(certPath('ca')))).toMatchObject({commonName: 'kubernetes', isCa: true})
      expect(statSync(vm.real(keyPath('ca'))).mode & 0o777).toBe(0o600)
      expect(statSync(vm.real(certPath('ca'))).mode & 0o777).toBe(0o644)
    },
  )

  test('that is there is kept as it is, whoever made it', async () => {
    const vm = bench()
    const theirs = await anAuthority({algorithm: 'RSA-2048'})
    vm.write(certPath('ca'), theirs.certPem)
    vm.write(keyPath('ca'), theirs.keyPem)
    vm.stub('openssl', 'exit 1')
    await vm.host.read(`chmod 0600 ${keyPath('ca')}`)

    expect(await apply(vm.host, [of('ca')], {values: valuesOf()})).toBe(0)
  })

  test('that is there but cannot be used is never replaced', async () => {
    const vm = bench()
    const theirs = await anAuthority()
    vm.write(certPath('ca'), theirs.certPem)

    await expect(apply(vm.host, [of('ca')], {values: valuesOf()})).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringContaining(`cannot use the CA ${certPath('ca')}: its private key is missing`) as string,
      hint: expect.stringContaining('move both files away') as string,
    })
    expect(vm.read(certPath('ca'))).toBe(theirs.certPem)
    expect(vm.has(keyPath('ca'))).toBe(false)
  })

  test('that has expired is never replaced', async () => {
    const {vm, ca} = await withBoth()
    const now = laterBy(cluster.pki.caHours + 1)

    await expect(apply(vm.host, [of('ca', {now})], {values: valuesOf({now})})).rejects.toThrow('it expired on')
    expect(filesOf(vm, 'ca')).toStrictEqual(ca)
  })

  test.each(CA_NAMES)('that is missing while a cluster runs with what it signed is never replaced (%s)', async name => {
    const vm = bench()
    for (const path of [SIGNED[name], '/etc/kubernetes/manifests/kube-apiserver.yaml']) vm.write(path, 'x')

    await expect(apply(vm.host, [of(name)], {values: valuesOf()})).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringContaining(`${certPath(name)} is missing`) as string,
      hint: expect.stringContaining(AUTHORITY_BACK[name]) as string,
    })
    expect([vm.has(certPath(name)), vm.has(keyPath(name))]).toEqual([false, false])
  })

  test('whose creation was cut off after its key is created again, and undo restores the key', async () => {
    const vm = bench()
    vm.write(keyPath('ca'), 'a lone key\n')

    expect(await diffOf(vm, of('ca'))).toBe('the certificate is missing')
    await apply(vm.host, [of('ca')], {values: valuesOf()})
    expect(await diffOf(vm, of('ca'))).toBeUndefined()
    await revertLedger(proving(vm.host, 1))

    expect(vm.read(keyPath('ca'))).toBe('a lone key\n')
    expect(vm.has(certPath('ca'))).toBe(false)
  })
})

describe('a certificate', () => {
  test('waits for its authority: a plan says that it will be created', async () => {
    expect(await diffOf(bench(), of('apiserver'))).toBe('will be created')
  })

  test('is signed by the authority that this run made', async () => {
    const {vm, ca, apiserver} = await withBoth()

    expect(isIssuedBy(apiserver.cert, ca.cert)).toBe(true)
    expect(await diffOf(vm, of('apiserver'))).toBeUndefined()
  })

  test('is signed by the authority of the cluster that is there', async () => {
    const vm = bench()
    const theirs = await anAuthority()
    vm.write(certPath('ca'), theirs.certPem)
    await apply(vm.host, [of('apiserver')], {values: valuesOf({authority: theirs})})

    expect(isIssuedBy(vm.read(certPath('apiserver')), theirs.certPem)).toBe(true)
  })

  test('that will do is kept byte for byte', async () => {
    const {vm, apiserver} = await withBoth()
    const now = laterBy(cluster.pki.leafHours - 1)

    expect(await apply(vm.host, [of('ca', {now}), of('apiserver', {now})], {values: valuesOf({now})})).toBe(0)
    expect(filesOf(vm, 'apiserver')).toStrictEqual(apiserver)
  })

  test.each<[string, (vm: ScratchHost) => unknown, RegExp]>([
    ['does not exist', vm => vm.host.read(`rm ${certPath('apiserver')}`), /the certificate is missing/],
    ['is no certificate', vm => vm.write(certPath('apiserver'), 'garbage'), /no readable certificate/],
    [
      'belongs to another key',
      async vm => vm.write(keyPath('apiserver'), (await anAuthority()).keyPem),
      /belongs to another certificate/,
    ],
    ['has no key', vm => vm.host.read(`rm ${keyPath('apiserver')}`), /its private key is missing/],
  ])('that %s is renewed', async (_, spoil, said) => {
    const {vm, ca} = await withBoth()
    await spoil(vm)

    expect(await diffOf(vm, of('apiserver'))).toMatch(said)
    await apply(vm.host, [of('apiserver')], {values: valuesOf({authority: {certPem: ca.cert, keyPem: ca.key}})})

    expect(await diffOf(vm, of('apiserver'))).toBeUndefined()
  })

  test('that has expired is renewed by the same authority', async () => {
    const {vm, ca, apiserver} = await withBoth()
    const now = laterBy(cluster.pki.leafHours + 1)
    const authority = {certPem: ca.cert, keyPem: ca.key}

    expect(await diffOf(vm, of('apiserver', {now}))).toMatch(/^it expired on 2027-06-01/)
    expect(await apply(vm.host, [of('apiserver', {now})], {values: valuesOf({authority, now})})).toBe(1)

    expect(isIssuedBy(vm.read(certPath('apiserver')), ca.cert)).toBe(true)
    expect(filesOf(vm, 'apiserver').key).not.toBe(apiserver.key)
  })

  test('of another cluster is replaced', async () => {
    const {vm} = await withBoth()
    const other = await anAuthority()
    vm.write(certPath('ca'), other.certPem)

    expect(await diffOf(vm, of('apiserver'))).toBe("it was signed by another 'kubernetes'")
  })

  test('whose authority is damaged says so, and does not keep the plan from being told', async () => {
    const {vm} = await withBoth()
    vm.write(certPath('ca'), 'garbage')

    expect(await diffOf(vm, of('ca'))).toBe('the file contains no readable certificate')
    expect(await diffOf(vm, of('apiserver'))).toBe('cannot read its CA')
  })

  test('by an authority elsewhere is kept, and one that does not fit is never issued', async () => {
    const {vm, apiserver} = await withBoth()
    await vm.host.read(`rm ${keyPath('ca')}`)
    const signed = {...of('apiserver'), isKeyElsewhere: true}
    const later = {...of('apiserver', {now: laterBy(cluster.pki.leafHours + 1)}), isKeyElsewhere: true}

    expect(await apply(vm.host, [{...of('ca'), isKeyElsewhere: true}, signed], {values: valuesOf()})).toBe(0)
    await expect(apply(vm.host, [later], {values: valuesOf()})).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringMatching(/apiserver\.crt: it expired on .*without the key of its CA/) as string,
      hint: expect.stringContaining('kadm certs csr') as string,
    })
    expect(filesOf(vm, 'apiserver')).toStrictEqual(apiserver)
  })

  test('by an authority elsewhere is judged before the certificate of its CA is there', async () => {
    const {vm} = await withBoth()
    await vm.host.read(`rm ${certPath('ca')}`)

    expect(await diffOf(vm, {...of('apiserver'), isKeyElsewhere: true})).toBeUndefined()
    expect(await diffOf(vm, {...of('apiserver-kubelet-client'), isKeyElsewhere: true})).toBe(
      'the certificate is missing',
    )
  })

  test('that is damaged is reported in a plan too', () => {
    const state = {certPem: 'garbage', keyPublicHash: undefined, caPem: undefined}

    expect(certificateKind.detail?.(of('apiserver'), state)).toMatch(/^subject kube-apiserver/)
  })

  test('is reported in a plan with its names, and with the end of the one it replaces', async () => {
    const {vm} = await withBoth()
    const state = {certPem: vm.read(certPath('apiserver')), keyPublicHash: undefined, caPem: undefined}

    expect(certificateKind.detail?.(of('apiserver'), state)).toMatch(
      /^subject kube-apiserver, names kubernetes, .*10\.96\.0\.1.*\nreplaces the certificate that expires on 2027-06-01/,
    )
  })

  test('never shows its private key: not to a look, and not to the ledger', async () => {
    const {vm} = await withBoth()

    const seen = JSON.stringify([
      await look(vm.host, [of('ca'), of('apiserver')], NEVER),
      (await readLedger(vm.host, NEVER)).entries.map(({applied, original}) => [applied, original]),
    ])
    expect(seen).toContain('BEGIN CERTIFICATE')
    expect(seen).not.toContain('PRIVATE KEY')
  })
})

describe('an authority that all control planes share', () => {
  const copied = (): CertificateResource => ({...of('ca'), origin: 'copy'})

  test('is copied from a control plane, and never made', async () => {
    const vm = bench()
    const authority = await anAuthority()

    expect(await apply(vm.host, [copied()], {values: valuesOf({authority})})).toBe(1)
    expect([vm.read(certPath('ca')), vm.read(keyPath('ca'))]).toStrictEqual([authority.certPem, authority.keyPem])
    expect(await apply(vm.host, [copied()], {values: valuesOf({authority})})).toBe(0)
    await expect(apply(bench().host, [copied()], {values: valuesOf()})).rejects.toThrow('there is no authority')
  })

  test('does not replace that of another cluster', async () => {
    const vm = bench()
    vm.write(certPath('ca'), (await anAuthority()).certPem)
    const authority = await anAuthority()

    await expect(apply(vm.host, [copied()], {values: valuesOf({authority})})).rejects.toThrow('is of another cluster')
  })
})
