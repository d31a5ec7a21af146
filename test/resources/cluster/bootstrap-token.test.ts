import {describe, expect, test} from 'vitest'
import {bootstrapToken, bootstrapTokenOperation} from '../../../src/resources/cluster/bootstrap-token.ts'
import {tokenSecret} from '../../../src/kube/tokens.ts'
import {fakeKube} from './fake-kube.ts'
import {operationContext} from './operation-context.ts'

const wanted = {
  token: 'abcdef.0123456789abcdef',
  description: 'for the lab',
  usages: ['signing', 'authentication'] as const,
  groups: ['system:bootstrappers:kubeadm:default-node-token'],
  ttlMs: 3_600_000,
  expires: undefined,
}
const resource = bootstrapToken(wanted)

describe('a token that the file names', () => {
  test('is shown by its id only', () => {
    expect(resource.id).toBe('bootstrap-token:abcdef')
    expect(`${resource.id} ${resource.why}`).not.toContain('0123456789')
  })

  test('is missing where the cluster has none, and is not created again where it has', async () => {
    const secret = tokenSecret({id: 'abcdef', secret: '0123456789abcdef'}, {...wanted, usages: wanted.usages}, 0)
    const data = Object.fromEntries(
      Object.entries(secret['stringData'] ?? {}).map(([key, value]) => [
        key,
        Buffer.from(String(value)).toString('base64'),
      ]),
    )
    const none = fakeKube({}, {list: () => Promise.resolve([])})
    const one = fakeKube({}, {list: () => Promise.resolve([{...secret, data}])})

    expect(await bootstrapTokenOperation.look(resource, operationContext({api: none}))).toBe('is missing')
    expect(await bootstrapTokenOperation.look(resource, operationContext({api: one}))).toBeUndefined()
  })

  test('that has expired already is not created', async () => {
    const old = bootstrapToken({...wanted, ttlMs: undefined, expires: '2001-01-01T00:00:00Z'})
    const none = fakeKube({}, {list: () => Promise.resolve([])})

    expect(await bootstrapTokenOperation.look(old, operationContext({api: none}))).toBeUndefined()
  })
})
