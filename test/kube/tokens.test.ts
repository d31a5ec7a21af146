import {randomBytes} from 'node:crypto'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseToken, tokenText} from '../../src/domain/bootstrap-token.ts'
import {caPins} from '../../src/kube/signature.ts'
import {
  DEFAULT_TOKEN,
  generateToken,
  joinCommand,
  tokenCreate,
  tokenDelete,
  tokenList,
  tokenSecret,
} from '../../src/kube/tokens.ts'
import {refusal} from './fake-api.ts'
import {served} from './served.ts'

const token = {id: 'abcdef', secret: '0123456789abcdef'}
const NOW = Date.parse('2026-11-24T10:00:00.500Z')

const {start} = served()

describe('a new bootstrap token', () => {
  it('has the form of one whatever the random bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(251), {minLength: 22, maxLength: 32}), bytes => {
        const made = generateToken(() => Uint8Array.from(bytes))
        return parseToken(tokenText(made)) !== undefined
      }),
    )
  })

  it('uses no byte that would make some characters likelier', () => {
    const batches = [Uint8Array.from([252, 253, 254, 255]), new Uint8Array(32).fill(251)]

    expect(tokenText(generateToken(() => batches.shift() ?? new Uint8Array(32)))).toBe(`zzzzzz.${'z'.repeat(16)}`)
  })

  it('differs from the one before', () => {
    expect(generateToken(randomBytes)).not.toEqual(generateToken(randomBytes))
  })
})

describe('the secret of a bootstrap token', () => {
  it('is kubeadm’s, and ends in a day', () => {
    expect(tokenSecret(token, {...DEFAULT_TOKEN, description: 'for worker-1'}, NOW)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {name: 'bootstrap-token-abcdef', namespace: 'kube-system'},
      type: 'bootstrap.kubernetes.io/token',
      stringData: {
        'token-id': 'abcdef',
        'token-secret': '0123456789abcdef',
        expiration: '2026-11-25T10:00:00Z',
        description: 'for worker-1',
        'usage-bootstrap-signing': 'true',
        'usage-bootstrap-authentication': 'true',
        'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
      },
    })
  })

  it('has no end, use or group that it was not given', () => {
    const {stringData} = tokenSecret(token, {ttlMs: undefined, description: undefined, usages: [], groups: []}, NOW)

    expect(stringData).toEqual({'token-id': 'abcdef', 'token-secret': '0123456789abcdef'})
  })
})

describe('tokens in the cluster', () => {
  it('gives the line that kubeadm prints', async () => {
    const {api, server} = await start(() => ({json: {}}))

    const {join} = await tokenCreate(api, token, DEFAULT_TOKEN, {now: NOW})

    expect(joinCommand(join)).toBe(
      `kubeadm join 10.0.0.10:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash ${caPins(server.ca).join('')}`,
    )
    expect(server.asked[0]).toMatchObject({method: 'POST', url: '/api/v1/namespaces/kube-system/secrets'})
  })

  it('does not overwrite a token that is there', async () => {
    const {api} = await start(() => refusal(409, 'AlreadyExists', 'secrets "bootstrap-token-abcdef" already exists'))

    await expect(tokenCreate(api, token, DEFAULT_TOKEN, {now: NOW})).rejects.toMatchObject({reason: 'AlreadyExists'})
  })

  it('lists what a token is for, and leaves out what is none', async () => {
    const encoded = (data: Record<string, string>): Record<string, string> =>
      Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
    const {stringData} = tokenSecret(token, DEFAULT_TOKEN, NOW)
    const {api, server} = await start(() => ({
      json: {
        items: [
          {metadata: {name: 'bootstrap-token-abcdef'}, data: encoded(stringData as Record<string, string>)},
          {metadata: {name: 'bootstrap-token-zzzzzz'}, data: encoded({'token-id': 'zzzzzz'})},
        ],
      },
    }))

    expect(await tokenList(api)).toEqual([
      {
        token,
        expiresAt: Date.parse('2026-11-25T10:00:00Z'),
        description: undefined,
        usages: ['signing', 'authentication'],
        groups: ['system:bootstrappers:kubeadm:default-node-token'],
      },
    ])
    expect(server.asked[0]?.url).toContain('fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken')
  })

  it.each(['abcdef', 'abcdef.0123456789abcdef'])('deletes by %s', async text => {
    const {api, server} = await start(() => ({json: {}}))

    expect(await tokenDelete(api, text)).toBe(true)
    expect(server.asked[0]).toMatchObject({
      method: 'DELETE',
      url: '/api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef',
    })
  })

  it('does not delete by an invalid token', async () => {
    const {api} = await start(() => ({json: {}}))

    expect(() => tokenDelete(api, '../other')).toThrow(expect.objectContaining({code: 'usage'}))
  })
})
