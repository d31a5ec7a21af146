import {randomBytes} from 'node:crypto'
import {issueLeaf} from '../../src/certs/issue.ts'
import {makeKey, parsePrivateKey, privateKeyPem} from '../../src/certs/keys.ts'
import type {TestLab} from '../e2e/test-lab.ts'

/** A client certificate of the cluster's own authority that was valid until an hour ago, with its key. */
export async function expiredClient(
  lab: TestLab,
  who: {readonly commonName: string; readonly organisations?: readonly string[]},
): Promise<{readonly certPem: string; readonly keyPem: string}> {
  const [certPem, keyPem] = await Promise.all(
    ['crt', 'key'].map(end => lab.must('master', `sudo cat /etc/kubernetes/pki/ca.${end}`)),
  )
  const key = await makeKey('ECDSA-P256')
  const wanted = {
    commonName: who.commonName,
    organisations: who.organisations ?? [],
    usages: ['clientAuth'],
    sans: {dns: [], ips: []},
    isCa: false,
    hours: 1,
  } as const
  const now = new Date(Date.now() - 2 * 3_600_000)
  const signer = {certPem: `${certPem ?? ''}\n`, key: parsePrivateKey(`${keyPem ?? ''}\n`)}
  return {certPem: issueLeaf({wanted, key, now, random: randomBytes}, signer), keyPem: privateKeyPem(key)}
}
