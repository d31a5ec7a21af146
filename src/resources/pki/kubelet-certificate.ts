import {inspect} from '../../certs/inspect.ts'
import {isIssuedBy} from '../../certs/issue.ts'
import {KadmError} from '../../domain/errors.ts'
import {KUBELET_CLIENT_PEM} from '../../domain/paths.ts'
import {sh, type Script} from '../../remote/shell/shell.ts'
import {contentOf} from '../files/file.ts'
import {writeContent, writeFileAtomically} from '../files/write-file.ts'

/** Prints `certificate BASE64` of a file that holds a key too; the key stays where it is. */
export const lookAtCertificate = (path: string | Script): Script =>
  sh`printf 'certificate %s\n' "$(sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' ${path} 2>/dev/null | base64 -w0)"`

/** A line `NAME BASE64` of a look as text; undefined where nothing was there. */
export function decoded(output: string, name: string): string | undefined {
  const line = output.split('\n').find(one => one.startsWith(`${name} `))
  const text = line?.slice(name.length + 1).trim() ?? ''
  return text === '' ? undefined : Buffer.from(text, 'base64').toString()
}

/** Why a cluster refuses this certificate at this moment (ISO 8601); undefined when it takes it, or where it cannot be read. */
export function certificateProblem(
  certPem: string | undefined,
  caPem: string | undefined,
  at: string,
): string | undefined {
  if (certPem === undefined) return undefined
  try {
    const {notAfter} = inspect(certPem)
    if (notAfter <= new Date(at)) return `expired on ${notAfter.toISOString()}`
    return caPem === undefined || isIssuedBy(certPem, caPem) ? undefined : 'was signed by another CA'
  } catch (error) {
    if (error instanceof KadmError) return undefined
    throw error
  }
}

/** The kubelet's own kubeconfig names the file that the kubelet renews, so that a new certificate needs no other change. */
export const KUBELET_CREDENTIALS = {
  kind: 'certificate-files',
  certPath: KUBELET_CLIENT_PEM,
  keyPath: KUBELET_CLIENT_PEM,
} as const

/**
 * Writes certificate and key (PEM) as the kubelet itself does: a file with the time in its name, and a link to it
 * (k8s.io/client-go util/certificate/certificate_store.go). `at` is ISO 8601.
 */
export function writeKubeletCertificate(pem: string, at: string): Script {
  const time = at.slice(0, 19).replaceAll(/[T:]/g, '-')
  const path = KUBELET_CLIENT_PEM.replace('current', time)
  return sh`${writeFileAtomically(path, {
    mode: '0600',
    owner: 'root:root',
    sha256: contentOf(pem).sha256,
    write: to => writeContent(pem, to),
  })}
ln -sfn -- ${path} ${KUBELET_CLIENT_PEM}.new
mv -fT -- ${KUBELET_CLIENT_PEM}.new ${KUBELET_CLIENT_PEM}`
}

/** A kubelet takes a certificate that is there for its own, also an expired one. */
export const setCertificateAside: Script = sh`if [ -e ${KUBELET_CLIENT_PEM} ] || [ -L ${KUBELET_CLIENT_PEM} ]; then
mv -fT -- ${KUBELET_CLIENT_PEM} ${KUBELET_CLIENT_PEM.replace('current', 'refused')}
fi`
