import {randomBytes, X509Certificate} from 'node:crypto'
import {existsSync} from 'node:fs'
import {expect, test} from 'vitest'
import {issueLeaf} from '../../src/certs/issue.ts'
import {decode, encode, items, type Tree} from '../../src/certs/der.ts'
import {makeKey, parsePrivateKey, privateKeyPem} from '../../src/certs/keys.ts'
import {CA_NAMES, certPath, keyPath, wantedCertificate, type CaName} from '../../src/domain/certificates.ts'
import {AUTHORITY_BACK, SIGNED} from '../../src/domain/lost-authority.ts'
import {KUBELET_CONF} from '../../src/domain/paths.ts'
import {kubeconfigYaml} from '../../src/manifests/kubeconfig.ts'
import {scratchHosts, type ScratchHost} from '../engine/scratch-host.ts'
import {anAuthority, cluster, node, START} from '../resources/cluster-values.ts'

const scratch = scratchHosts()

const LEAVES = {
  ca: 'apiserver',
  'front-proxy-ca': 'front-proxy-client',
  'etcd-ca': 'apiserver-etcd-client',
} as const satisfies Record<CaName, string>

/** The kubelet's kubeconfig as a kubelet and kubeadm write it, and as kadm does. */
const byKubelet = (certPem: string): string =>
  `clusters:\n- cluster:\n    certificate-authority-data: ${Buffer.from(certPem).toString('base64')}\n    server: x\n`
const byKadm = (caPem: string): string =>
  kubeconfigYaml({
    clusterName: 'kubernetes',
    server: 'https://10.0.0.10:6443',
    caPem,
    user: 'system:node:master',
    credentials: {kind: 'certificate-files', certPath: '/pem', keyPath: '/pem'},
  })

async function withoutAuthority(
  name: CaName,
  conf = byKadm,
): Promise<{readonly on: ScratchHost; readonly leaf: X509Certificate}> {
  const on = scratch()
  const {certPem, keyPem} = await anAuthority({name})
  const leaf = issueLeaf(
    {
      wanted: wantedCertificate(LEAVES[name], cluster, node),
      key: await makeKey('ECDSA-P256'),
      now: START,
      random: randomBytes,
    },
    {certPem, key: parsePrivateKey(keyPem)},
  )
  on.write(SIGNED[name], leaf)
  on.write(keyPath(name), keyPem)
  on.write(KUBELET_CONF, conf(certPem))
  on.write('/etc/kubernetes/copy', certPem)
  on.stub('kubectl', `cat ${on.real('/etc/kubernetes/copy')}`)
  on.stub('sudo', 'exec "$@"')
  return {on, leaf: new X509Certificate(leaf)}
}

/** Issuer and subject of a certificate, as Go compares them: by their bytes (RFC 5280, section 4.1). */
function namesOf({raw}: X509Certificate): {readonly issuer: string; readonly subject: string} {
  const [, , , issuer, , subject] = items(items(decode(raw))[0])
  const hex = (name: Tree | undefined): string => (name === undefined ? '' : encode(name).toString('hex'))
  return {issuer: hex(issuer), subject: hex(subject)}
}

test.each([...CA_NAMES.map(name => [name, 'kadm', byKadm] as const), ['ca', 'a kubelet', byKubelet] as const])(
  'what is typed restores the certificate of %s from files of %s, and what it signed stays valid',
  async (name, _, conf) => {
    const {on, leaf} = await withoutAuthority(name, conf)

    const {code, stderr} = await on.host.run(AUTHORITY_BACK[name])

    expect([code, stderr]).toEqual([0, expect.any(String)])
    const authority = new X509Certificate(on.read(certPath(name)))
    expect([leaf.checkIssued(authority), leaf.verify(authority.publicKey), authority.ca]).toEqual([true, true, true])
    expect(namesOf(authority)).toEqual({issuer: namesOf(leaf).issuer, subject: namesOf(leaf).issuer})
  },
)

test.each(['utf8only', 'nombstr'])(
  'a restored authority has the name of your own one, byte for byte (%s)',
  async mask => {
    const on = scratch()
    const {keyPem} = await anAuthority({name: 'etcd-ca'})
    on.write(keyPath('etcd-ca'), keyPem)
    on.write('/etc/kubernetes/leaf.key', privateKeyPem(await makeKey('ECDSA-P256')))
    on.write(
      '/etc/kubernetes/openssl.cnf',
      `[req]\nstring_mask=${mask}\ndistinguished_name=n\n[n]\n[leaf]\nauthorityKeyIdentifier=keyid\n`,
    )
    on.stub('sudo', 'exec "$@"')
    const key = '/etc/kubernetes/leaf.key'
    const conf = '/etc/kubernetes/openssl.cnf'
    const made = await on.host.run(`set -e
openssl req -config ${conf} -x509 -new -key ${keyPath('etcd-ca')} -subj '/O=Acme Ltd/CN=etcd' -days 9 -addext basicConstraints=critical,CA:TRUE -addext subjectKeyIdentifier=hash -out ${certPath('etcd-ca')}
openssl req -config ${conf} -new -key ${key} -subj /CN=leaf -out /etc/kubernetes/leaf.csr
openssl x509 -req -in /etc/kubernetes/leaf.csr -CA ${certPath('etcd-ca')} -CAkey ${keyPath('etcd-ca')} -CAcreateserial -extfile ${conf} -extensions leaf -out ${SIGNED['etcd-ca']}`)
    expect(made).toMatchObject({code: 0})
    const before = new X509Certificate(on.read(certPath('etcd-ca')))
    await on.host.run(`rm ${certPath('etcd-ca')}`)

    expect((await on.host.run(AUTHORITY_BACK['etcd-ca'])).code).toBe(0)

    const after = new X509Certificate(on.read(certPath('etcd-ca')))
    expect(namesOf(after)).toEqual(namesOf(before))
    expect(after.publicKey.equals(before.publicKey)).toBe(true)
  },
)

test.each(CA_NAMES)('what is typed for %s fails and writes nothing where no copy is left', async name => {
  const {on} = await withoutAuthority(name, () => 'clusters: []\n')
  on.stub('kubectl', 'exit 1')
  on.write(SIGNED[name], '')

  expect((await on.host.run(AUTHORITY_BACK[name])).code).not.toBe(0)
  expect(existsSync(on.real(certPath(name)))).toBe(false)
})
