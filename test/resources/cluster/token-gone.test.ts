import {describe, expect, test} from 'vitest'
import {KadmError} from '../../../src/domain/errors.ts'
import {tokenGone, tokenGoneOperation} from '../../../src/resources/cluster/token-gone.ts'
import {noValues} from '../../engine/sample-run.ts'
import {operationContext} from './operation-context.ts'

const resource = tokenGone({node: 'worker-1', why: 'a test needs it'})
const withToken = (isTokenLeft: (node: string) => Promise<boolean>, revoked: string[] = []) => ({
  ...operationContext({api: new KadmError('connect', 'no API in this test')}),
  values: {
    ...noValues,
    isTokenLeft,
    revokeToken: (node: string) => {
      revoked.push(node)
      return Promise.resolve()
    },
  },
})

describe('the token of a node that has joined', () => {
  test('differs while it is valid, and only for its own node', async () => {
    const context = withToken(node => Promise.resolve(node === 'worker-1'))

    expect(await tokenGoneOperation.look(resource, context)).toBe('is still valid')
    expect(await tokenGoneOperation.look({...resource, node: 'worker-2'}, context)).toBeUndefined()
  })

  test.each(['connect', 'timeout', 'remote'] as const)('does not differ when the API fails with %s', async code => {
    const context = withToken(() => Promise.reject(new KadmError(code, 'no answer')))

    expect(await tokenGoneOperation.look(resource, context)).toBeUndefined()
  })

  test.each([new KadmError('host-lost', 'no data received'), new KadmError('cancelled', 'Ctrl-C'), new Error('a bug')])(
    'does not hide: %s',
    async error => {
      const looking = tokenGoneOperation.look(
        resource,
        withToken(() => Promise.reject(error)),
      )

      await expect(looking).rejects.toBe(error)
    },
  )

  test('is revoked, which does not count as a change', async () => {
    const revoked: string[] = []

    const result = await tokenGoneOperation.act(
      resource,
      withToken(() => Promise.resolve(true), revoked),
    )

    expect([result, revoked]).toEqual(['unchanged', ['worker-1']])
  })
})
