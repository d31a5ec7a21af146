import {X509Certificate} from 'node:crypto'
import {parse} from 'yaml'
import type {WantedCertificate} from '../../../src/domain/certificates.ts'

const USAGE_OIDS: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
}

const sorted = (list: readonly string[]): readonly string[] => list.toSorted()

/** What a certificate says, but for its key, its number and its exact minute. */
export function certificateOf(certificate: X509Certificate): object {
  const subject = certificate.subject.split('\n')
  const under = (label: string): readonly string[] =>
    subject.flatMap(line => (line.startsWith(`${label}=`) ? [line.slice(label.length + 1)] : []))
  const sans = (certificate.subjectAltName ?? '').split(', ')
  const named = (label: string): readonly string[] =>
    sans.flatMap(san => (san.startsWith(label) ? [san.slice(label.length).toLowerCase()] : []))
  const {asymmetricKeyType, asymmetricKeyDetails} = certificate.publicKey
  return {
    isCa: certificate.ca,
    commonName: under('CN')[0],
    organisations: sorted(under('O')),
    // Node types this as always there; a CA has none.
    usages: sorted(((certificate.keyUsage as readonly string[] | undefined) ?? []).map(oid => USAGE_OIDS[oid] ?? oid)),
    dns: sorted(named('DNS:')),
    ips: sorted(named('IP Address:').map(plainAddress)),
    key:
      asymmetricKeyType === 'rsa'
        ? `RSA-${String(asymmetricKeyDetails?.modulusLength)}`
        : `ECDSA-${String(asymmetricKeyDetails?.namedCurve)}`,
    hours: Math.round((certificate.validToDate.getTime() - Date.now()) / 360_000) / 10,
  }
}

/** The same of a certificate that kadm wants. */
export const wantedOf = (wanted: WantedCertificate, algorithm: string): object => ({
  isCa: wanted.isCa,
  commonName: wanted.commonName,
  organisations: sorted(wanted.organisations),
  usages: sorted(wanted.usages),
  dns: sorted(wanted.sans.dns),
  ips: sorted(wanted.sans.ips.map(plainAddress)),
  key: CURVES[algorithm] ?? algorithm,
  hours: Math.round(wanted.hours * 10) / 10,
})

const CURVES: Readonly<Record<string, string>> = {'ECDSA-P256': 'ECDSA-prime256v1', 'ECDSA-P384': 'ECDSA-secp384r1'}

/** Node writes all groups of an IPv6 address out. */
const plainAddress = (text: string): string =>
  text.includes(':') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text

/** Where a kubeconfig leads, and as whom. */
export function kubeconfigOf(text: string): object {
  const {clusters, contexts, users} = parse(text) as Kubeconfig
  const pem = Buffer.from(users[0]?.user['client-certificate-data'] ?? '', 'base64')
  return {
    server: clusters[0]?.cluster.server,
    cluster: contexts[0]?.context.cluster,
    user: contexts[0]?.context.user,
    certificate: certificateOf(new X509Certificate(pem)),
  }
}

interface Kubeconfig {
  readonly clusters: readonly {readonly cluster: {readonly server: string}}[]
  readonly contexts: readonly {readonly context: {readonly cluster: string; readonly user: string}}[]
  readonly users: readonly {readonly user: {readonly 'client-certificate-data': string}}[]
}
