import {randomBytes, X509Certificate} from 'node:crypto'
import {expect, test} from 'vitest'
import {issueLeaf} from '../../src/certs/issue.ts'
import {makeKey, parsePrivateKey} from '../../src/certs/keys.ts'
import {CA_NAMES, certPath, keyPath, wantedCertificate, type CaName} from '../../src/domain/certificates.ts'
import {AUTHORITY_BACK, SIGNED} from '../../src/domain/lost-authority.ts'
import {KUBELET_CONF} from '../../src/domain/paths.ts'
import {scratchHosts, type ScratchHost} from '../engine/scratch-host.ts'
import {anAuthority, cluster, node, START} from '../resources/cluster-values.ts'

const scratch = scratchHosts()

const LEAVES = {
  ca: 'apiserver',
  'front-proxy-ca': 'front-proxy-client',
  'etcd-ca': 'apiserver-etcd-client',
} as const satisfies Record<CaName, string>

async function withoutAuthority(name: CaName): Promise<{readonly on: ScratchHost; readonly leaf: X509Certificate}> {
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
  on.write(
    KUBELET_CONF,
    `clusters:\n- cluster:\n    certificate-authority-data: ${Buffer.from(certPem).toString('base64')}\n    server: x\n`,
  )
  on.write('/etc/kubernetes/copy', certPem)
  on.stub('kubectl', `cat ${on.real('/etc/kubernetes/copy')}`)
  on.stub('sudo', 'exec "$@"')
  return {on, leaf: new X509Certificate(leaf)}
}

test.each(CA_NAMES)('what is typed brings the certificate of %s back, and what it signed stays valid', async name => {
  const {on, leaf} = await withoutAuthority(name)

  const {code, stderr} = await on.host.run(AUTHORITY_BACK[name])

  expect([code, stderr]).toEqual([0, expect.any(String)])
  const authority = new X509Certificate(on.read(certPath(name)))
  expect([leaf.checkIssued(authority), leaf.verify(authority.publicKey), authority.ca]).toEqual([true, true, true])
})
