import {certPath} from '../../domain/certificates.ts'
import {
  createsCluster,
  JOINED_KUBECONFIGS,
  KUBECONFIG_NAMES,
  kubeconfigServer,
  kubeconfigSpec,
  wantedKubeconfigCertificate,
  type KubeconfigName,
} from '../../domain/kubeconfig-specs.ts'
import {pkiDir} from '../../domain/kubeadm-places.ts'
import {kubeconfig, type KubeconfigResource} from '../../resources/pki/kubeconfig.ts'
import {endpointOf, isElsewhere, type Phase, type PhaseContext} from '../phase.ts'

/**
 * These kubeconfigs of a control plane, each with its own certificate. A kubelet that starts before its own API server registers
 * its node with `firstServer`.
 */
export const kubeconfigsOf = (
  context: PhaseContext,
  names: readonly KubeconfigName[],
  firstServer?: string,
): readonly KubeconfigResource[] =>
  names.map(name => {
    const {cluster, node, now} = context
    const {path, user, why} = kubeconfigSpec(name)
    return kubeconfig({
      path,
      why,
      user: user(node),
      server: kubeconfigServer(name, {cluster, node, endpoint: endpointOf(context)}),
      ...(name === 'kubelet' && firstServer !== undefined ? {firstServer} : {}),
      clusterName: cluster.name,
      wanted: wantedKubeconfigCertificate(name, cluster, node),
      algorithm: cluster.pki.algorithm,
      caPath: certPath('ca', pkiDir(cluster)),
      ...(isElsewhere(context, 'ca') ? {isKeyElsewhere: true} : {}),
      at: now.toISOString(),
    })
  })

export const kubeconfigsPhase: Phase = {
  name: 'kubeconfig',
  title: 'Create the kubeconfigs',
  why: 'each contains the address of the API server and a client certificate',
  where: 'initial-control-plane',
  resources: context =>
    kubeconfigsOf(context, createsCluster(context.facts, context.nodes) ? KUBECONFIG_NAMES : JOINED_KUBECONFIGS),
}
