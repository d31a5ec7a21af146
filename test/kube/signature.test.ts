import {X509Certificate, createHash} from 'node:crypto'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseToken, tokenText} from '../../src/domain/bootstrap-token.ts'
import {caPins, isSignedBy, signClusterInfo} from '../../src/kube/signature.ts'
import {authority} from './fake-api.ts'

const token = {id: 'abcdef', secret: '0123456789abcdef'}

describe('the signature of cluster-info', () => {
  it('is byte for byte what kubeadm makes', () => {
    expect(signClusterInfo('hello\n', token)).toBe(
      'eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY2RlZiJ9..jGfh3cAKffhbjQqP1x03VRxdhcDip6Xp1PFxbB0P9vg',
    )
  })

  it('holds for what was signed and for nothing else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        const signature = signClusterInfo(text, token)
        return isSignedBy(text, signature, token) && isSignedBy(other, signature, token) === (text === other)
      }),
    )
  })

  it('does not hold for another secret or a cut signature', () => {
    const signature = signClusterInfo('text', token)

    expect(isSignedBy('text', signature, {...token, secret: '0123456789abcdeg'})).toBe(false)
    expect(isSignedBy('text', signature.slice(0, -1), token)).toBe(false)
  })
})

describe('a bootstrap token', () => {
  it('is six and sixteen small letters and digits', () => {
    expect(parseToken('abcdef.0123456789abcdef')).toEqual(token)
    expect(tokenText(token)).toBe('abcdef.0123456789abcdef')
  })

  it.each([
    '',
    'abcdef',
    'abcdef.0123456789abcde',
    'ABCDEF.0123456789abcdef',
    'abcdef.0123456789abcdef\n',
    ' abcdef.0123456789abcdef',
  ])('is not %j', text => {
    expect(parseToken(text)).toBeUndefined()
  })
})

describe('the pins of a CA bundle', () => {
  it('are one for each certificate, of its public key', async () => {
    const [a, b] = [(await authority()).certPem, (await authority()).certPem]

    const pins = caPins(`# a comment\n${a}${b}`)

    const pinOf = (pem: string): string =>
      `sha256:${createHash('sha256')
        .update(new X509Certificate(pem).publicKey.export({type: 'spki', format: 'der'}))
        .digest('hex')}`
    expect(pins).toEqual([pinOf(a), pinOf(b)])
  })
})
