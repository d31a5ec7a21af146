import {randomBytes, X509Certificate} from 'node:crypto'
import {existsSync} from 'node:fs'
import {expect, test} from 'vitest'
import {issueLeaf} from '../../src/certs/issue.ts'
import {makeKey, parsePrivateKey} from '../../src/certs/keys.ts'
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

test.each([...CA_NAMES.map(name => [name, 'kadm', byKadm] as const), ['ca', 'a kubelet', byKubelet] as const])(
  'what is typed restores the certificate of %s from files of %s, and what it signed stays valid',
  async (name, _, conf) => {
    const {on, leaf} = await withoutAuthority(name, conf)

    const {code, stderr} = await on.host.run(AUTHORITY_BACK[name])

    expect([code, stderr]).toEqual([0, expect.any(String)])
    const authority = new X509Certificate(on.read(certPath(name)))
    expect([leaf.checkIssued(authority), leaf.verify(authority.publicKey), authority.ca]).toEqual([true, true, true])
  },
)

test.each(CA_NAMES)('what is typed for %s fails and writes nothing where no copy is left', async name => {
  const {on} = await withoutAuthority(name, () => 'clusters: []\n')
  on.stub('kubectl', 'exit 1')
  on.write(SIGNED[name], '')

  expect((await on.host.run(AUTHORITY_BACK[name])).code).not.toBe(0)
  expect(existsSync(on.real(certPath(name)))).toBe(false)
})
