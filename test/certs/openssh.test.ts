import {generateKeyPairSync} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {publicKeyHash, publicKeyPem} from '../../src/certs/keys.ts'
import {publicKeyHashFrom} from '../../src/certs/openssh.ts'

/** RFC 4253 public key line, as `ssh-keygen -y` prints it. */
const line = (type: string, ...fields: readonly Buffer[]): string => {
  const parts = [Buffer.from(type), ...fields].flatMap(field => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(field.length)
    return [length, field]
  })
  return `${type} ${Buffer.concat(parts).toString('base64')}\n`
}

describe('the hash of a key that stays on its host', () => {
  it('comes from what ssh-keygen says of an RSA key', () => {
    const {publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048})
    const {n = '', e = ''} = publicKey.export({format: 'jwk'})
    const modulus = Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')])

    expect(publicKeyHashFrom(line('ssh-rsa', Buffer.from(e, 'base64url'), modulus))).toBe(publicKeyHash(publicKey))
  })

  it.each([
    ['prime256v1', 'nistp256'],
    ['secp384r1', 'nistp384'],
  ])('comes from what ssh-keygen says of a %s key', (namedCurve, name) => {
    const {publicKey} = generateKeyPairSync('ec', {namedCurve})
    const {x = '', y = ''} = publicKey.export({format: 'jwk'})
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])

    expect(publicKeyHashFrom(line(`ecdsa-sha2-${name}`, Buffer.from(name), point))).toBe(publicKeyHash(publicKey))
  })

  it('comes from what openssl says', () => {
    const {publicKey} = generateKeyPairSync('ec', {namedCurve: 'prime256v1'})

    expect(publicKeyHashFrom(publicKeyPem(publicKey))).toBe(publicKeyHash(publicKey))
  })

  it.each(['', 'ssh-rsa', 'ssh-rsa AAAA', 'Load key: invalid format', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA=='])(
    'is not made up from %j',
    output => {
      expect(publicKeyHashFrom(output)).toBeUndefined()
    },
  )

  it('matches a real key and the line that the real ssh-keygen printed for it', () => {
    const printed =
      'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAwqpFsAt7BhbyltE+FgWis7bvQLwa54mEFcqgsCLST3GRyFlNL2JSPgEpk1CoC66m9lbsp7SgNPeigpYHQrrpo='

    expect(publicKeyHashFrom(printed)).toBe('e48577a74c6d4070a40becd46338874b98680727fb6544c4e59dc3f38d8b3358')
  })

  it('is the same with blanks around the line and between its words', () => {
    const {publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048})
    const {n = '', e = ''} = publicKey.export({format: 'jwk'})
    const plain = line('ssh-rsa', Buffer.from(e, 'base64url'), Buffer.from(n, 'base64url'))

    expect(publicKeyHashFrom(`  ${plain.replace(' ', '   ')} comment\n`)).toBe(publicKeyHash(publicKey))
  })

  it.each([
    ['a line whose name differs from its content', line('ssh-rsa', Buffer.of(3)).replace('ssh-rsa', 'ssh-dss')],
    ['an RSA key without a modulus', line('ssh-rsa', Buffer.of(3))],
    ['a curve without a point', line('ecdsa-sha2-nistp256', Buffer.from('nistp256'))],
    ['a compressed point', line('ecdsa-sha2-nistp256', Buffer.from('nistp256'), Buffer.alloc(33, 2))],
    ['a point of odd length', line('ecdsa-sha2-nistp256', Buffer.from('nistp256'), Buffer.alloc(64, 4))],
    ['a key of another kind with two fields', line('ssh-ed25519', Buffer.alloc(3, 1), Buffer.alloc(32, 1))],
    ['a damaged PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['a field that is longer than the line', `ssh-rsa ${Buffer.from('0000000773736800', 'hex').toString('base64')}`],
  ])('does not come from %s', (_, output) => {
    expect(publicKeyHashFrom(output)).toBeUndefined()
  })
})
