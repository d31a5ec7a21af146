import {X509Certificate} from 'node:crypto'
import {inspect} from '../../certs/inspect.ts'
import {certPath} from '../../domain/certificates.ts'
import type {CertificateEvidence} from '../../domain/evidence.ts'
import * as paths from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {given, type Section} from '../section.ts'

const KUBECONFIGS = [
  paths.ADMIN_CONF,
  paths.SUPER_ADMIN_CONF,
  paths.CONTROLLER_MANAGER_CONF,
  paths.SCHEDULER_CONF,
  paths.KUBELET_CONF,
  paths.BOOTSTRAP_KUBELET_CONF,
]

/** The public part only: a key's file is never opened, and of a kubeconfig nothing but the certificate leaves. */
export const certificatesSection: Section<readonly CertificateEvidence[]> = {
  name: 'certificates',
  script: sh`echo "$pki_dir"
for file in "$pki_dir"/*.crt "$pki_dir"/etcd/*.crt ${paths.KUBELET_CLIENT_PEM}; do
  [ -r "$file" ] && printf '\035%s\n' "$file" && sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$file" | head -n 300
done
for file in ${KUBECONFIGS}; do
  data=$(sed -n 's/^ *client-certificate-data: *//p' "$file" | head -n 1 | tr -d '"')
  [ -n "$data" ] && printf '\035%s\n' "$file" && echo "$data" | base64 -d
done
:`,
  parse(text) {
    const [folder, ...parts] = text.split('\x1d')
    const pki = given(folder) ?? paths.PKI_DIR
    const files = parts.flatMap(part => {
      const end = part.indexOf('\n')
      return opened(part.slice(0, end), part.slice(end + 1))
    })
    return files.map(file => told(file, files, pki))
  },
}

interface OpenedFile {
  readonly path: string
  /** The first of the file is the certificate itself; an authority's file holds the old and the new one while it is changed. */
  readonly all: readonly [X509Certificate, ...X509Certificate[]]
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

function opened(path: string, pem: string): readonly OpenedFile[] {
  try {
    const [first, ...more] = (pem.match(PEM) ?? []).map(one => new X509Certificate(one))
    return first === undefined ? [] : [{path, all: [first, ...more]}]
  } catch {
    // A file that holds no certificate explains itself in the logs of who reads it.
    return []
  }
}

function told({path, all}: OpenedFile, files: readonly OpenedFile[], pki: string): CertificateEvidence {
  const [x509, ...chain] = all
  const {commonName, notBefore, notAfter, dns, ips} = inspect(x509.toString())
  const authorities = files.find(file => file.path === authorityOf(path, pki))?.all
  const isSigned = authorities?.some(ca => x509.checkIssued(ca) && x509.verify(ca.publicKey))
  return {
    path,
    commonName,
    notBefore: notBefore.getTime() / 1000,
    notAfter: notAfter.getTime() / 1000,
    sans: [...dns, ...ips],
    // A file with a chain may lead to its authority by another one.
    isSignedByItsCa: isSigned === false && chain.length > 0 ? undefined : isSigned,
  }
}

/** Which authority signs what in a cluster that kubeadm or kadm made; undefined for an authority itself. */
function authorityOf(path: string, pki: string): string | undefined {
  const [ca, etcdCa, frontProxyCa] = [certPath('ca', pki), certPath('etcd-ca', pki), certPath('front-proxy-ca', pki)]
  if ([ca, etcdCa, frontProxyCa].includes(path)) return undefined
  if (path === certPath('front-proxy-client', pki)) return frontProxyCa
  if (path.startsWith(`${pki}/etcd/`) || path === certPath('apiserver-etcd-client', pki)) return etcdCa
  const known = [certPath('apiserver', pki), certPath('apiserver-kubelet-client', pki)]
  return known.includes(path) || KUBECONFIGS.includes(path) || path === paths.KUBELET_CLIENT_PEM ? ca : undefined
}
