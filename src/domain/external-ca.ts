import {
  CA_NAMES,
  certificateNames,
  certificateSpec,
  certPath,
  keyPath,
  type CaName,
  type CertificateName,
} from './certificates.ts'
import type {Cluster} from './cluster.ts'
import type {Facts} from './facts.ts'
import {KUBECONFIG_NAMES, kubeconfigSpec, type KubeconfigName} from './kubeconfig-specs.ts'
import {KUBELET_CONF} from './paths.ts'

type Known = Pick<Facts, 'files' | 'certificatesDir'>

/**
 * The authorities of a control plane whose key is kept elsewhere: their certificate is there and their key is not, as kubeadm decides it. The
 * CA alone beside a kubelet.conf makes a worker.
 */
export function externalAuthorities({files, certificatesDir}: Known): readonly CaName[] {
  const has = (path: string): boolean => files[path] !== undefined
  const isWorker = has(KUBELET_CONF) && !has(certPath('apiserver', certificatesDir))
  if (isWorker) return []
  return CA_NAMES.filter(name => has(certPath(name, certificatesDir)) && !has(keyPath(name, certificatesDir)))
}

/** What an external authority must sign for a control plane. */
export interface ToSign {
  readonly certificates: readonly CertificateName[]
  readonly kubeconfigs: readonly KubeconfigName[]
}

/** Everything that these authorities sign. */
export const signedBy = (cluster: Pick<Cluster, 'kubeadm'>, authorities: readonly CaName[]): ToSign => ({
  certificates: certificateNames(cluster).filter(name => {
    const {signer} = certificateSpec(name)
    return signer !== undefined && authorities.includes(signer)
  }),
  kubeconfigs: authorities.includes('ca') ? KUBECONFIG_NAMES : [],
})

/** The files of a control plane that are not there, and that kadm cannot sign without the key of their authority. */
export function unsignedFiles(cluster: Pick<Cluster, 'kubeadm'>, known: Known): readonly string[] {
  const {certificates, kubeconfigs} = signedBy(cluster, externalAuthorities(known))
  return [
    ...certificates.flatMap(name => [certPath(name, known.certificatesDir), keyPath(name, known.certificatesDir)]),
    ...kubeconfigs.map(name => kubeconfigSpec(name).path),
  ].filter(path => known.files[path] === undefined)
}
