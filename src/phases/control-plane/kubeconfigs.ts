import {certPath} from '../../domain/certificates.ts'
import {
  KUBECONFIG_NAMES,
  kubeconfigSpec,
  wantedKubeconfigCertificate,
  type KubeconfigName,
} from '../../domain/kubeconfig-specs.ts'
import {pkiDir} from '../../domain/kubeadm-places.ts'
import {localServer} from '../../domain/endpoint.ts'
import {kubeconfig, type KubeconfigResource} from '../../resources/pki/kubeconfig.ts'
import {endpointOf, type Phase, type PhaseContext} from '../phase.ts'

/** These kubeconfigs of a control plane, each with a certificate of its own. */
export const kubeconfigsOf = (context: PhaseContext, names: readonly KubeconfigName[]): readonly KubeconfigResource[] =>
  names.map(name => {
    const {cluster, node, now} = context
    const {path, user, server, why} = kubeconfigSpec(name)
    return kubeconfig({
      path,
      why,
      user: user(node),
      server: server === 'local' ? localServer(cluster, node) : endpointOf(context),
      clusterName: cluster.name,
      wanted: wantedKubeconfigCertificate(name, cluster, node),
      algorithm: cluster.pki.algorithm,
      caPath: certPath('ca', pkiDir(cluster)),
      at: now.toISOString(),
    })
  })

export const kubeconfigsPhase: Phase = {
  name: 'kubeconfig',
  title: 'Create the kubeconfigs',
  why: 'each contains the address of the API server and a client certificate',
  where: 'initial-control-plane',
  resources: context => kubeconfigsOf(context, KUBECONFIG_NAMES),
}
