import {randomBytes} from 'node:crypto'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {generateCertificateKey, openSealed, sealBytes} from '../../src/certs/sealed-certs.ts'
import {certificateKeyFault, parseCertificateKey} from '../../src/domain/certificate-key.ts'

const KEY = Buffer.from('00112233445566778899aabbccddeeff'.repeat(2), 'hex')
/** What kubeadm v1.37.2 made of `text of ca.crt` and a line end with this key. */
const BY_KUBEADM = '0v50EmiJGGi8ue1Xxfz5e3O/NzLqgMOD7ODbGbUg8BZkzXC0qPH2bY2tGA=='

describe('sealed bytes', () => {
  test('of kubeadm are opened', () => {
    expect(openSealed(Buffer.from(BY_KUBEADM, 'base64'), KEY)?.toString()).toBe('text of ca.crt\n')
  })

  test('are those of kubeadm when the nonce is the same', () => {
    const theirs = Buffer.from(BY_KUBEADM, 'base64')
    const sealed = sealBytes(Buffer.from('text of ca.crt\n'), KEY, size => theirs.subarray(0, size))
    expect(sealed.toString('base64')).toBe(BY_KUBEADM)
  })

  test('are opened with their key, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), fc.uint8Array({minLength: 32, maxLength: 32}), (plain, key) => {
        const sealed = sealBytes(plain, key, randomBytes)
        return openSealed(sealed, key)?.equals(plain) === true
      }),
    )
  })

  test('are not opened with another key, when one bit differs, or when they are cut', () => {
    const sealed = sealBytes(Buffer.from('secret'), KEY, randomBytes)

    expect(openSealed(sealed, Buffer.from(KEY).fill(0, 31))).toBeUndefined()
    for (let i = 0; i < sealed.length; i++) {
      const altered = Buffer.from(sealed)
      altered.writeUInt8(altered.readUInt8(i) ^ 1, i)
      expect(openSealed(altered, KEY)).toBeUndefined()
      expect(openSealed(sealed.subarray(0, i), KEY)).toBeUndefined()
    }
  })

  test('of the same content differ', () => {
    expect(sealBytes(KEY, KEY, randomBytes)).not.toEqual(sealBytes(KEY, KEY, randomBytes))
  })
})

describe('a certificate key', () => {
  test('that was generated is one, and is new each time', () => {
    const key = generateCertificateKey(randomBytes)

    expect(parseCertificateKey(key)).toHaveLength(32)
    expect(generateCertificateKey(randomBytes)).not.toBe(key)
  })

  test.each([
    ['', 'it has 0 hexadecimal digits instead of 64'],
    ['ab'.repeat(16), 'it has 32 hexadecimal digits instead of 64'],
    ['ab'.repeat(33), 'it has 66 hexadecimal digits instead of 64'],
    [`${'ab'.repeat(31)}a`, 'it has 63 hexadecimal digits instead of 64'],
    [`${'ab'.repeat(31)}zz`, 'it contains characters that are not hexadecimal digits'],
    [`${'ab'.repeat(32)}\n`, 'it contains characters that are not hexadecimal digits'],
  ])('%j is none', (text, fault) => {
    expect(parseCertificateKey(text)).toBeUndefined()
    expect(certificateKeyFault(text)).toBe(fault)
  })

  test('may have capital letters, as kubeadm takes it', () => {
    expect(parseCertificateKey('AB'.repeat(32))).toEqual(Buffer.alloc(32, 0xab))
    expect(certificateKeyFault('AB'.repeat(32))).toBeUndefined()
  })
})
