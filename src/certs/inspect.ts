import {createHash, X509Certificate} from 'node:crypto'
import type {Usage} from '../domain/certificates.ts'
import {addressFromBytes, formatAddress} from '../domain/cidr.ts'
import {KadmError} from '../domain/errors.ts'
import {bytesOf, decode, encode, isTagged, items, oidOf, type Tree} from './der.ts'
import {OID, SAN_DNS, SAN_IP, USAGE_OIDS} from './extensions.ts'
import {firstCertificate} from './pem.ts'

/** What a certificate says, for people and for comparing. */
export interface CertificateInfo {
  readonly commonName: string
  readonly organisations: readonly string[]
  readonly issuerCommonName: string
  readonly dns: readonly string[]
  /** In canonical spelling. */
  readonly ips: readonly string[]
  readonly usages: readonly Usage[]
  readonly notBefore: Date
  readonly notAfter: Date
  readonly isCa: boolean
  /** SHA-256 hex of the DER SubjectPublicKeyInfo. */
  readonly publicKeyHash: string
  /** Lower-case hex. */
  readonly serial: string
}

export interface CertificateParts {
  readonly info: CertificateInfo
  readonly subjectDer: Buffer
  readonly subjectKeyId: Buffer | undefined
}

/** Reads the first certificate of a PEM text; throws `config` when it contains no readable certificate. */
export const inspect = (pem: string): CertificateInfo => readCertificate(pem).info

/** As `inspect`, with the bytes that a signer needs. */
export function readCertificate(pem: string): CertificateParts {
  const der = firstCertificate(pem)
  if (der === undefined) throw unreadable()
  const certificate = openX509(der)
  const [, , , issuer, , subject] = items(items(decode(der))[0])
  if (subject === undefined) throw unreadable()
  const found = extensionsOf(der)
  const sans = items(found.get(OID.subjectAltName))
  const info = {
    commonName: namePart(subject, OID.commonName)[0] ?? '',
    organisations: namePart(subject, OID.organisation),
    issuerCommonName: namePart(issuer, OID.commonName)[0] ?? '',
    dns: sans.filter(san => isTagged(san, SAN_DNS)).map(san => bytesOf(san).toString()),
    ips: sans.filter(san => isTagged(san, SAN_IP)).flatMap(ipText),
    usages: usagesIn(items(found.get(OID.extendedKeyUsage)).map(oidOf)),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    isCa: certificate.ca,
    publicKeyHash: createHash('sha256')
      .update(certificate.publicKey.export({type: 'spki', format: 'der'}))
      .digest('hex'),
    serial: certificate.serialNumber.toLowerCase(),
  }
  return {
    info,
    subjectDer: encode(subject),
    subjectKeyId: found.has(OID.subjectKeyId) ? bytesOf(found.get(OID.subjectKeyId)) : undefined,
  }
}

/** The pin that `kubeadm join --discovery-token-ca-cert-hash` takes. */
export const caPin = (caPem: string): string => `sha256:${inspect(caPem).publicKeyHash}`

const unreadable = (cause?: unknown): KadmError =>
  new KadmError('config', 'a certificate cannot be read', {
    hint: 'restore the file, or remove it together with its key; kadm then creates both again',
    cause,
  })

function openX509(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der)
  } catch (cause) {
    throw unreadable(cause)
  }
}

/** Extension values, opened, by object identifier. */
function extensionsOf(der: Buffer): ReadonlyMap<string, Tree> {
  const wrapper = items(items(decode(der))[0]).find(part => isTagged(part, 3))
  return new Map(
    items(items(wrapper)[0]).map(extension => {
      const [id, ...rest] = items(extension)
      return [oidOf(id), decode(bytesOf(rest.at(-1)))]
    }),
  )
}

const namePart = (name: Tree | undefined, id: string): readonly string[] =>
  items(name)
    .flatMap(items)
    .flatMap(attribute => {
      const [type, value] = items(attribute)
      return oidOf(type) === id ? [bytesOf(value).toString()] : []
    })

function ipText(san: Tree): readonly string[] {
  const address = addressFromBytes(bytesOf(san))
  return address === undefined ? [] : [formatAddress(address)]
}

const usagesIn = (oids: readonly string[]): readonly Usage[] => [
  ...(oids.includes(USAGE_OIDS.serverAuth) ? (['serverAuth'] as const) : []),
  ...(oids.includes(USAGE_OIDS.clientAuth) ? (['clientAuth'] as const) : []),
]

/** Like `inspect`, but returns undefined when the text is not a certificate. */
export function inspectIfReadable(pem: string): CertificateInfo | undefined {
  try {
    return inspect(pem)
  } catch (error) {
    if (error instanceof KadmError) return undefined
    throw error
  }
}
