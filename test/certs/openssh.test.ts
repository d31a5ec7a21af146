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
})
