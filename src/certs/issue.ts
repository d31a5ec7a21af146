import {type KeyObject, sign, X509Certificate} from 'node:crypto'
import type {WantedCertificate} from '../domain/certificates.ts'
import {KadmError} from '../domain/errors.ts'
import {bits, decode, encode, integer, oid, sequence, set, tagged, text, time, type Tree} from './der.ts'
import {extensions, keyId, OID} from './extensions.ts'
import {readCertificate} from './inspect.ts'
import {publicKeyOf} from './keys.ts'
import {firstCertificate, toPem} from './pem.ts'

/** Bytes from the operating system's source; handed in so that golden tests are exact. */
type RandomBytes = (size: number) => Uint8Array

const HOUR_MS = 3_600_000
/** How far certificates reach back, so that a node whose clock is a little behind accepts them. */
const BACKDATE_MS = 5 * 60_000

export interface Issuing {
  readonly wanted: WantedCertificate
  /** The certificate's own key; its public half is enough for a leaf. */
  readonly key: KeyObject
  readonly now: Date
  readonly random: RandomBytes
}

export interface Signer {
  /** The CA's file; the first certificate of a bundle signs. */
  readonly certPem: string
  readonly key: KeyObject
}

/** A CA that signs itself. */
export function issueCa({wanted, key, now, random}: Issuing): string {
  return seal({
    wanted,
    publicKey: publicKeyOf(key),
    signerKey: key,
    issuer: subject(wanted),
    subjectKeyId: keyId(spkiOf(key)),
    authorityKeyId: undefined,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + wanted.hours * HOUR_MS),
    random,
  })
}

export interface LeafOptions {
  /** `ca`: valid since its CA is, as in a kubeconfig that kubeadm writes; otherwise since five minutes ago. */
  readonly notBefore?: 'five-minutes-ago' | 'ca'
}

/** A certificate signed by a CA, checked against it before it is given out. */
export function issueLeaf({wanted, key, now, random}: Issuing, signer: Signer, options: LeafOptions = {}): string {
  const ca = readCertificate(signer.certPem)
  const pem = seal({
    wanted,
    publicKey: publicKeyOf(key),
    signerKey: signer.key,
    issuer: decode(ca.subjectDer),
    subjectKeyId: undefined,
    authorityKeyId: ca.subjectKeyId,
    notBefore: options.notBefore === 'ca' ? ca.info.notBefore : new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + wanted.hours * HOUR_MS),
    random,
  })
  if (!isIssuedBy(pem, signer.certPem))
    throw new KadmError(
      'config',
      `cannot sign the certificate '${wanted.commonName}': the CA's key does not belong to its certificate`,
      {
        hint: "restore the CA's certificate and key from the same backup",
      },
    )
  return pem
}

/** Whether the first certificate of `pem` was signed by the first of `caPem`. */
export function isIssuedBy(pem: string, caPem: string): boolean {
  const [der, caDer] = [firstCertificate(pem), firstCertificate(caPem)]
  if (der === undefined || caDer === undefined) return false
  const [certificate, ca] = [new X509Certificate(der), new X509Certificate(caDer)]
  return certificate.checkIssued(ca) && certificate.verify(ca.publicKey)
}

interface Draft {
  readonly wanted: WantedCertificate
  readonly publicKey: KeyObject
  readonly signerKey: KeyObject
  readonly issuer: Tree
  readonly subjectKeyId: Buffer | undefined
  readonly authorityKeyId: Buffer | undefined
  readonly notBefore: Date
  readonly notAfter: Date
  readonly random: RandomBytes
}

/** node-forge can sign with RSA only: the tree is its own, the signature node:crypto's. */
function seal(draft: Draft): string {
  const {oid: algorithm, hash} = signatureOf(draft.signerKey)
  const toBeSigned = sequence(
    tagged(0, [integer(Uint8Array.of(2))]),
    integer(serialNumber(draft.random)),
    algorithm(),
    draft.issuer,
    sequence(time(draft.notBefore), time(draft.notAfter)),
    subject(draft.wanted),
    decode(spkiOf(draft.publicKey)),
    extensions({...draft.wanted, subjectKeyId: draft.subjectKeyId, authorityKeyId: draft.authorityKeyId}),
  )
  const signature = sign(hash, encode(toBeSigned), draft.signerKey)
  return toPem('CERTIFICATE', encode(sequence(toBeSigned, algorithm(), bits(signature))))
}

/** The public half, in DER. */
export const spkiOf = (key: KeyObject): Buffer => publicKeyOf(key).export({type: 'spki', format: 'der'})

/** Go's order: all organisations in one set, then the common name. */
export function subject({commonName, organisations}: WantedCertificate): Tree {
  const attribute = (id: string, value: string): Tree => sequence(oid(id), text(value))
  const groups = organisations.map(name => attribute(OID.organisation, name))
  return sequence(...(groups.length === 0 ? [] : [set(...groups)]), set(attribute(OID.commonName, commonName)))
}

/** A positive number below 2^63, as kubeadm's; its first byte is never zero, as DER wants the shortest form. */
function serialNumber(random: RandomBytes): Uint8Array {
  const [first = 0, ...rest] = random(8)
  return Uint8Array.of(first & 0x7f || 1, ...rest)
}

interface SignatureKind {
  readonly oid: () => Tree
  readonly hash: 'sha256' | 'sha384'
}

/** How a key signs: the algorithm as a certificate names it, and the hash. */
export function signatureOf(key: KeyObject): SignatureKind {
  if (key.asymmetricKeyType === 'rsa')
    return {oid: () => decode(Buffer.from('300d06092a864886f70d01010b0500', 'hex')), hash: 'sha256'}
  return key.asymmetricKeyDetails?.namedCurve === 'secp384r1'
    ? {oid: () => sequence(oid('1.2.840.10045.4.3.3')), hash: 'sha384'}
    : {oid: () => sequence(oid('1.2.840.10045.4.3.2')), hash: 'sha256'}
}
