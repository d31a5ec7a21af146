import {certPath} from '../../domain/certificates.ts'
import {
  KUBECONFIG_NAMES,
  kubeconfigSpec,
  wantedKubeconfigCertificate,
  type KubeconfigName,
} from '../../domain/kubeconfig-specs.ts'
import {MANIFESTS_DIR, SUPER_ADMIN_CONF} from '../../domain/paths.ts'
import {pkiDir} from '../../domain/kubeadm-places.ts'
import {localServer} from '../../domain/endpoint.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {kubeconfig, type KubeconfigResource} from '../../resources/pki/kubeconfig.ts'
import {endpointOf, type Phase, type PhaseContext} from '../phase.ts'

/**
 * These kubeconfigs of a control plane, each with its own certificate. They never name a local load balancer: people use
 * copies of them elsewhere, and they must work when the load balancer does not.
 */
export const kubeconfigsOf = (context: PhaseContext, names: readonly KubeconfigName[]): readonly KubeconfigResource[] =>
  names.map(name => {
    const {cluster, node, now} = context
    const {path, user, server, why} = kubeconfigSpec(name)
    return kubeconfig({
      path,
      why,
      user: user(node),
      server:
        server === 'local' || balancerOf(cluster) !== undefined ? localServer(cluster, node) : endpointOf(context),
      clusterName: cluster.name,
      wanted: wantedKubeconfigCertificate(name, cluster, node),
      algorithm: cluster.pki.algorithm,
      caPath: certPath('ca', pkiDir(cluster)),
      at: now.toISOString(),
    })
  })

/** A control plane that joined the cluster has no kubeconfig for emergencies, also when it leads a later run. */
const createsCluster = ({facts, nodes}: PhaseContext): boolean =>
  facts.files[SUPER_ADMIN_CONF] !== undefined ||
  facts.files[`${MANIFESTS_DIR}/kube-apiserver.yaml`] === undefined ||
  nodes.filter(({role}) => role === 'control-plane').length === 1

export const kubeconfigsPhase: Phase = {
  name: 'kubeconfig',
  title: 'Create the kubeconfigs',
  why: 'each contains the address of the API server and a client certificate',
  where: 'initial-control-plane',
  resources: context =>
    kubeconfigsOf(
      context,
      KUBECONFIG_NAMES.filter(name => name !== 'super-admin' || createsCluster(context)),
    ),
}
