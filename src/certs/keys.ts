import {createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject} from 'node:crypto'
import {promisify} from 'node:util'
import type {KeyAlgorithm} from '../domain/cluster.ts'
import {KadmError} from '../domain/errors.ts'

/** Makes a private key; handed in wherever keys are needed, so that tests can give ready ones. */
export type MakeKey = (algorithm: KeyAlgorithm) => Promise<KeyObject>

const generate = promisify(generateKeyPair)

const SHAPES = {
  'RSA-2048': {type: 'rsa', bits: 2048},
  'RSA-3072': {type: 'rsa', bits: 3072},
  'RSA-4096': {type: 'rsa', bits: 4096},
  'ECDSA-P256': {type: 'ec', curve: 'prime256v1'},
  'ECDSA-P384': {type: 'ec', curve: 'secp384r1'},
} as const satisfies Record<KeyAlgorithm, unknown>

/** A new private key from node:crypto, in the background. */
export const makeKey: MakeKey = async algorithm => {
  const shape = SHAPES[algorithm]
  if (shape.type === 'rsa') {
    const {privateKey} = await generate('rsa', {modulusLength: shape.bits})
    return privateKey
  }
  const {privateKey} = await generate('ec', {namedCurve: shape.curve})
  return privateKey
}

/** The PEM kubeadm writes: PKCS#1 for RSA, SEC1 for ECDSA. Secret. */
export const privateKeyPem = (key: KeyObject): string =>
  key.export({type: key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1', format: 'pem'}).toString()

/** `PUBLIC KEY` (PKIX), as in sa.pub; takes a private or a public key. */
export const publicKeyPem = (key: KeyObject): string =>
  publicKeyOf(key).export({type: 'spki', format: 'pem'}).toString()

export const publicKeyOf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key)

/** Reads PKCS#1, SEC1 or PKCS#8; RSA and ECDSA only, as kubeadm. Never puts the text into its error. */
export function parsePrivateKey(pem: string): KeyObject {
  const key = readPrivateKey(pem)
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec')
    throw new KadmError('config', `a private key of type ${key.asymmetricKeyType ?? 'unknown'} is not supported`, {
      hint: 'use an RSA or ECDSA key',
    })
  return key
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw new KadmError('config', 'a private key cannot be read', {
      hint: 'restore the key file, or remove it together with its certificate; kadm then creates both again',
      cause,
    })
  }
}

/** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex: the same for a key and its certificate. */
export const publicKeyHash = (key: KeyObject): string =>
  createHash('sha256')
    .update(publicKeyOf(key).export({type: 'spki', format: 'der'}))
    .digest('hex')
