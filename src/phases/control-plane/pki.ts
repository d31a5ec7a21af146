import {
  certificateNames,
  certPath,
  isAuthority,
  certificateSpec,
  wantedCertificate,
  type CaName,
  type CertificateName,
} from '../../domain/certificates.ts'
import {certificate, type CertificateResource} from '../../resources/pki/certificate.ts'
import {serviceAccountKey} from '../../resources/pki/service-account-key.ts'
import {sharedFile} from '../../resources/pki/shared-file.ts'
import type {AnyHostResource, AnyResource} from '../../resources/any-resource.ts'
import {directory} from '../../resources/files/directory.ts'
import {pkiDir, usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {PKI_DIR} from '../../domain/paths.ts'
import {isElsewhere, type Phase, type PhaseContext} from '../phase.ts'

/** One certificate of this node; a CA is the same on all control planes. */
export function certificateOf(name: CertificateName, context: PhaseContext): CertificateResource {
  const {cluster, node, now} = context
  const {signer, why} = certificateSpec(name)
  const authority = isAuthority(name) ? name : signer
  return certificate({
    name,
    signer,
    why,
    wanted: wantedCertificate(name, cluster, node),
    algorithm: cluster.pki.algorithm,
    ...ownPlace(cluster),
    at: now.toISOString(),
    ...(authority !== undefined && isElsewhere(context, authority) ? {isKeyElsewhere: true} : {}),
  })
}

/** A CA that all control planes share: only its certificate, where its key is on none of them. */
export const copiedAuthority = (name: CaName, context: PhaseContext): AnyHostResource =>
  isElsewhere(context, name)
    ? sharedFile(
        {entry: `${name}.crt`, path: certPath(name, pkiDir(context.cluster)), isKey: false},
        certificateSpec(name).why,
      )
    : {...certificateOf(name, context), origin: 'copy'}

/** The folder of the certificates, if it is not the default. */
export const ownPlace = (cluster: PhaseContext['cluster']): {readonly dir?: string} =>
  pkiDir(cluster) === PKI_DIR ? {} : {dir: pkiDir(cluster)}

/** The folders that certificates need besides the default. */
export const ownFolders = ({cluster}: PhaseContext): readonly AnyResource[] => [
  ...(usesExternalEtcd(cluster)
    ? []
    : [directory({path: `${pkiDir(cluster)}/etcd`, tree: true, why: 'etcd has its own CA'})]),
]

/** Two steps instead of one for each certificate: the CAs must exist first, and each step is a round trip. */
export const pkiPhase: Phase = {
  name: 'certs',
  title: 'Certificates',
  why: 'all parts of the cluster authenticate each other with certificates',
  where: 'initial-control-plane',
  phases: [
    {
      name: 'ca',
      title: 'Create the CAs',
      why: 'three CAs sign all certificates: one for the cluster, one for etcd, and one for extension API servers',
      where: 'initial-control-plane',
      resources: context => [
        ...ownFolders(context),
        ...certificateNames(context.cluster)
          .filter(isAuthority)
          .map(name => certificateOf(name, context)),
        serviceAccountKey(context.cluster.pki.algorithm, ownPlace(context.cluster)),
      ],
    },
    {
      name: 'leaves',
      title: 'Create the certificates',
      why: 'each server and client of the control plane gets its own certificate',
      where: 'initial-control-plane',
      resources: context =>
        certificateNames(context.cluster)
          .filter(name => !isAuthority(name))
          .map(name => certificateOf(name, context)),
    },
  ],
}
