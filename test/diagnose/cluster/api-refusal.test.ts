import {expect, test} from 'vitest'
import {apiRefusal} from '../../../src/diagnose/cluster/api-refusal.ts'
import {readSnapshot} from '../../../src/diagnose/cluster/read-snapshot.ts'
import {KadmError} from '../../../src/domain/errors.ts'
import {kubeClient} from '../../../src/kube/client.ts'
import {authority, fakeApi, refusal} from '../../kube/fake-api.ts'
import {noFile} from './cases/changes.ts'

const why = async (status: number | undefined, ca?: string): Promise<string> => {
  const fake = await fakeApi(() => (status === undefined ? 'reset' : refusal(status, 'No', 'refused')))
  const api = kubeClient(ca === undefined ? fake.endpoint : {...fake.endpoint, trust: {ca}}, fake.forward)
  try {
    const error: unknown = await readSnapshot(api, {signal: new AbortController().signal, now: 0}).catch(
      (e: unknown) => e,
    )
    if (!(error instanceof KadmError)) throw error
    const {name, cause, fix} = apiRefusal(error, 'master', noFile.repair)
    return `${name}: ${cause}; ${fix}`
  } finally {
    await api.close()
    await fake.close()
  }
}

test('a certificate of another CA is put right by kadm, not by another kubeconfig', async () => {
  const {certPem} = await authority()

  const told = await why(200, certPem)

  expect(told).toMatch(
    /^api-certificate: the API server on master shows a certificate that this cluster's CA did not sign/,
  )
  expect(told).toMatch(/`kadm apply -f kadm\.yaml` creates a new one$/)
})

test.concurrent.each([
  [401, /^api-admin-unknown: /],
  [403, /^api-admin-forbidden: .*kubeadm:cluster-admins/],
  [undefined, /^api-silent: /],
] as const)('the API answers %s to its own administrator', async (status, telling) => {
  expect(await why(status)).toMatch(telling)
})
