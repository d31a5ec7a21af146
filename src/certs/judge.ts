import type {WantedCertificate} from '../domain/certificates.ts'
import {canonicalAddress} from '../domain/cidr.ts'
import {type CertificateInfo, inspectIfReadable} from './inspect.ts'
import {isIssuedBy} from './issue.ts'

type CertificateProblem =
  | 'missing'
  | 'unreadable'
  | 'not-a-ca'
  | 'wrong-ca'
  | 'key-missing'
  | 'key-mismatch'
  | 'not-yet-valid'
  | 'expired'
  | 'expires-soon'
  | 'san-missing'
  | 'wrong-subject'
  | 'wrong-usage'

export type CertificateVerdict =
  {readonly state: 'ok'; readonly info: CertificateInfo} | {readonly state: CertificateProblem; readonly detail: string}

export interface CertificateCase {
  /** The file's text; undefined when it is not there. */
  readonly certPem: string | undefined
  /** Hash of the public half of the key beside it (`publicKeyHashFrom`); undefined when there is no key. */
  readonly keyPublicHash: string | undefined
  /** The CA it should come from; undefined for a CA itself. */
  readonly caPem: string | undefined
  readonly wanted: WantedCertificate
  readonly now: Date
  /** Count a certificate with less than this left as one that expires soon. */
  readonly renewWithinDays?: number
}

const DAY_MS = 86_400_000

/** Says whether what is on the host will do, or the first thing that is wrong with it. Pure; changes nothing. */
export function judgeCertificate(subject: CertificateCase): CertificateVerdict {
  if (subject.certPem === undefined) return {state: 'missing', detail: 'the certificate is missing'}
  const info = inspectIfReadable(subject.certPem)
  if (info === undefined) return {state: 'unreadable', detail: 'the file contains no readable certificate'}
  return (
    chainProblem(info, subject.certPem, subject) ??
    timeProblem(info, subject) ??
    contentProblem(info, subject) ?? {state: 'ok', info}
  )
}

function chainProblem(info: CertificateInfo, pem: string, subject: CertificateCase): CertificateVerdict | undefined {
  if (subject.wanted.isCa !== info.isCa)
    return {
      state: 'not-a-ca',
      detail: info.isCa ? 'it is a CA certificate, but must not be one' : 'it is not a CA certificate',
    }
  if (subject.caPem !== undefined && !isIssuedBy(pem, subject.caPem))
    return {state: 'wrong-ca', detail: `it was signed by another '${info.issuerCommonName}'`}
  if (subject.keyPublicHash === undefined) return {state: 'key-missing', detail: 'its private key is missing'}
  if (subject.keyPublicHash !== info.publicKeyHash)
    return {state: 'key-mismatch', detail: 'its private key file belongs to another certificate'}
  return undefined
}

function timeProblem(
  info: CertificateInfo,
  {now, renewWithinDays = 0}: CertificateCase,
): CertificateVerdict | undefined {
  if (now < info.notBefore)
    return {state: 'not-yet-valid', detail: `it is valid only from ${info.notBefore.toISOString()}`}
  const left = info.notAfter.getTime() - now.getTime()
  if (left <= 0) return {state: 'expired', detail: `it expired on ${info.notAfter.toISOString()}`}
  if (left < renewWithinDays * DAY_MS)
    return {state: 'expires-soon', detail: `it expires in ${String(Math.floor(left / DAY_MS))} days`}
  return undefined
}

function contentProblem(info: CertificateInfo, {wanted}: CertificateCase): CertificateVerdict | undefined {
  const missing = [
    ...wanted.sans.dns.filter(name => !info.dns.includes(name)),
    ...wanted.sans.ips.filter(ip => !info.ips.includes(canonicalAddress(ip))),
  ]
  // An adopted CA may be named as its owner likes; what counts there is that it is a CA.
  if (wanted.isCa) return undefined
  if (missing.length > 0) return {state: 'san-missing', detail: `it does not name ${missing.join(', ')}`}
  if (info.commonName !== wanted.commonName || !sameSet(info.organisations, wanted.organisations))
    return {state: 'wrong-subject', detail: `it is for '${[info.commonName, ...info.organisations].join("', '")}'`}
  const usage = wanted.usages.find(wantedUsage => !info.usages.includes(wantedUsage))
  return usage === undefined ? undefined : {state: 'wrong-usage', detail: `it cannot be used for ${usage}`}
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every(entry => b.includes(entry))
