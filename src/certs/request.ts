import {sign, type KeyObject} from 'node:crypto'
import type {WantedCertificate} from '../domain/certificates.ts'
import {bits, decode, encode, integer, oid, sequence, set, tagged} from './der.ts'
import {extensionList} from './extensions.ts'
import {signatureOf, spkiOf, subject} from './issue.ts'
import {toPem} from './pem.ts'

/** The attribute of a request that has the extensions of the certificate (PKCS #9, RFC 2985). */
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'

/** A request for a certificate (PKCS #10) with the name, the addresses and the usages that it must have, in PEM. */
export function certificateRequest(wanted: WantedCertificate, key: KeyObject): string {
  const {oid: algorithm, hash} = signatureOf(key)
  const extensions = extensionList({...wanted, subjectKeyId: undefined, authorityKeyId: undefined})
  const info = sequence(
    integer(Uint8Array.of(0)),
    subject(wanted),
    decode(spkiOf(key)),
    tagged(0, [sequence(oid(EXTENSION_REQUEST), set(extensions))]),
  )
  const signature = sign(hash, encode(info), key)
  return toPem('CERTIFICATE REQUEST', encode(sequence(info, algorithm(), bits(signature))))
}
