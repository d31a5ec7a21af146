import {createHash} from 'node:crypto'
import type {Sans, Usage} from '../domain/certificates.ts'
import {addressBytes, parseAddress} from '../domain/cidr.ts'
import {bits, bytesOf, decode, encode, items, octets, oid, sequence, tagged, type Tree, yes} from './der.ts'

export const OID = {
  commonName: '2.5.4.3',
  organisation: '2.5.4.10',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const

export const USAGE_OIDS = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const satisfies Record<Usage, string>

export const SAN_DNS = 2
export const SAN_IP = 7

export interface ExtensionInput {
  readonly isCa: boolean
  readonly usages: readonly Usage[]
  readonly sans: Sans
  /** A CA names its own key, a leaf the key of its CA. */
  readonly subjectKeyId: Buffer | undefined
  readonly authorityKeyId: Buffer | undefined
}

/** In the order Go's crypto/x509 writes them, which is the order of kubeadm's certificates. */
export const extensions = (input: ExtensionInput): Tree => tagged(3, [extensionList(input)])

/** The same for a request, which has them without the tag of a certificate. */
export function extensionList(input: ExtensionInput): Tree {
  const {isCa, usages, subjectKeyId, authorityKeyId} = input
  const list = [
    // digitalSignature and keyEncipherment, for a CA keyCertSign too (bits 0, 2 and 5)
    extension(OID.keyUsage, isCa ? bits(Uint8Array.of(0xa4), 2) : bits(Uint8Array.of(0xa0), 5), {critical: true}),
    ...(usages.length === 0
      ? []
      : [extension(OID.extendedKeyUsage, sequence(...usages.map(usage => oid(USAGE_OIDS[usage]))))]),
    extension(OID.basicConstraints, isCa ? sequence(yes()) : sequence(), {critical: true}),
    ...(subjectKeyId === undefined ? [] : [extension(OID.subjectKeyId, octets(subjectKeyId))]),
    ...(authorityKeyId === undefined ? [] : [extension(OID.authorityKeyId, sequence(tagged(0, authorityKeyId)))]),
    ...sanExtension(input.sans),
  ]
  return sequence(...list)
}

const extension = (id: string, value: Tree, {critical = false} = {}): Tree =>
  sequence(oid(id), ...(critical ? [yes()] : []), octets(encode(value)))

function sanExtension(sans: Sans): readonly Tree[] {
  const ips = sans.ips.flatMap(text => {
    const address = parseAddress(text)
    return address === undefined ? [] : [tagged(SAN_IP, addressBytes(address))]
  })
  const names = [...sans.dns.map(name => tagged(SAN_DNS, Buffer.from(name))), ...ips]
  return names.length === 0 ? [] : [extension(OID.subjectAltName, sequence(...names))]
}

/** RFC 7093 method 1, as Go since 1.25: the first 160 bits of SHA-256 over the public key's bits. */
export function keyId(spki: Buffer): Buffer {
  const publicKeyBits = bytesOf(items(decode(spki))[1]).subarray(1)
  return createHash('sha256').update(publicKeyBits).digest().subarray(0, 20)
}
