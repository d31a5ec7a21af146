import {createCipheriv, createDecipheriv} from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** Source of random bytes, passed in. */
type RandomBytes = (count: number) => Uint8Array

/** A new certificate key: 64 hex digits. */
export const generateCertificateKey = (random: RandomBytes): string => Buffer.from(random(KEY_BYTES)).toString('hex')

/** Encrypts as kubeadm does (util/crypto): a nonce, the AES-256-GCM ciphertext, and its tag. */
export function sealBytes(plain: Uint8Array, key: Uint8Array, random: RandomBytes): Buffer {
  const nonce = random(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** The bytes that were encrypted; undefined when the key is another one or the bytes were altered. */
export function openSealed(sealed: Uint8Array, key: Uint8Array): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), {authTagLength: TAG_BYTES})
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch {
    return undefined
  }
}
