import {
  CA_NAMES,
  CERTIFICATE_NAMES,
  isAuthority,
  certificateSpec,
  wantedCertificate,
  type CertificateName,
} from '../../domain/certificates.ts'
import {certificate, type CertificateResource} from '../../resources/pki/certificate.ts'
import {serviceAccountKey} from '../../resources/pki/service-account-key.ts'
import {directory} from '../../resources/files/directory.ts'
import {PKI_DIR} from '../../domain/paths.ts'
import type {Phase, PhaseContext} from '../phase.ts'

function certificateOf(name: CertificateName, {cluster, node, now}: PhaseContext): CertificateResource {
  const {signer, why} = certificateSpec(name)
  return certificate({
    name,
    signer,
    why,
    wanted: wantedCertificate(name, cluster, node),
    algorithm: cluster.pki.algorithm,
    at: now.toISOString(),
  })
}

/** Two steps rather than one a certificate: what signs must be there first, and a step is a round trip. */
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
        directory({path: `${PKI_DIR}/etcd`, tree: true, why: 'etcd has its own CA'}),
        ...CA_NAMES.map(name => certificateOf(name, context)),
        serviceAccountKey(context.cluster.pki.algorithm),
      ],
    },
    {
      name: 'leaves',
      title: 'Create the certificates',
      why: 'each server and client of the control plane gets its own certificate',
      where: 'initial-control-plane',
      resources: context =>
        CERTIFICATE_NAMES.filter(name => !isAuthority(name)).map(name => certificateOf(name, context)),
    },
  ],
}
