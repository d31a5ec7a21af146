import {createPublicKey, type KeyObject} from 'node:crypto'
import {publicKeyHash} from './keys.ts'

const CURVES: Readonly<Record<string, 'P-256' | 'P-384'>> = {
  'ecdsa-sha2-nistp256': 'P-256',
  'ecdsa-sha2-nistp384': 'P-384',
}

/**
 * The public-key hash from what a host says about a private key that stays there: the line of `ssh-keygen -y -f KEY`
 * (there wherever sshd is), or the PEM of `openssl pkey -pubout`. Undefined when the text is neither.
 */
export function publicKeyHashFrom(output: string): string | undefined {
  const key = publicKeyFrom(output.trim())
  return key === undefined ? undefined : publicKeyHash(key)
}

function publicKeyFrom(text: string): KeyObject | undefined {
  try {
    return text.startsWith('-----BEGIN PUBLIC KEY-----') ? createPublicKey(text) : fromOpenSsh(text)
  } catch {
    return undefined
  }
}

function fromOpenSsh(line: string): KeyObject | undefined {
  const [type = '', blob = ''] = line.split(/\s+/)
  const fields = wireStrings(Buffer.from(blob, 'base64'))
  if (fields[0]?.toString() !== type) return undefined
  const curve = CURVES[type]
  if (curve !== undefined) return ecKey(curve, fields[2])
  const [, exponent, modulus] = fields
  if (type !== 'ssh-rsa' || exponent === undefined || modulus === undefined) return undefined
  const number = (bytes: Buffer): string => (bytes[0] === 0 ? bytes.subarray(1) : bytes).toString('base64url')
  return createPublicKey({key: {kty: 'RSA', n: number(modulus), e: number(exponent)}, format: 'jwk'})
}

function ecKey(curve: 'P-256' | 'P-384', point: Buffer | undefined): KeyObject | undefined {
  if (point?.[0] !== 4) return undefined
  const half = (point.length - 1) / 2
  const [x, y] = [point.subarray(1, 1 + half), point.subarray(1 + half)].map(part => part.toString('base64url'))
  if (x === undefined || y === undefined) return undefined
  return createPublicKey({key: {kty: 'EC', crv: curve, x, y}, format: 'jwk'})
}

/** RFC 4251 `string` fields, one after another. */
function wireStrings(blob: Buffer): readonly Buffer[] {
  const fields: Buffer[] = []
  let at = 0
  while (at + 4 <= blob.length) {
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return []
    fields.push(blob.subarray(at + 4, end))
    at = end
  }
  return fields
}
