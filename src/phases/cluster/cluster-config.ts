import {
  adminBinding as adminBindingObject,
  bootstrapAccess,
  clusterInfoAccess,
  kubeadmConfigAccess,
  kubeletConfigAccess,
} from '../../manifests/access.ts'
import {localServer} from '../../domain/endpoint.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {kubeadmConfigMap} from '../../manifests/kubeadm-config.ts'
import {kubeletConfigMap} from '../../manifests/kubelet-config.ts'
import {adminBinding} from '../../resources/cluster/admin-binding.ts'
import {bootstrapToken, type BootstrapTokenResource} from '../../resources/cluster/bootstrap-token.ts'
import {clusterInfo} from '../../resources/cluster/cluster-info.ts'
import {kubeObject} from '../../resources/cluster/kube-object.ts'
import {publicServerOf, type Phase, type PhaseContext} from '../phase.ts'

export const adminPhase: Phase = {
  name: 'admin',
  title: 'Grant admin access',
  why: 'the rights come from a role binding, so that you can revoke them if a kubeconfig is lost',
  where: 'initial-control-plane',
  resources: () => [adminBinding(adminBindingObject(), 'grants the rights of the admin kubeconfig')],
}

export const uploadConfigPhase: Phase = {
  name: 'upload-config',
  title: 'Store the configuration in the cluster',
  why: 'kadm and kubeadm read the configuration of the cluster from the cluster itself',
  where: 'initial-control-plane',
  resources: ({cluster, facts}) => [
    kubeObject(kubeadmConfigMap(cluster), 'the configuration of this cluster'),
    kubeObject(kubeletConfigMap(cluster, facts.cgroup.version), 'the configuration of the kubelets'),
    ...kubeadmConfigAccess().map(object => kubeObject(object, 'lets joining machines read the cluster configuration')),
    ...kubeletConfigAccess().map(object => kubeObject(object, 'lets joining machines read the kubelet configuration')),
  ],
}

export const bootstrapTokenPhase: Phase = {
  name: 'bootstrap-token',
  title: 'Allow workers to join',
  why: 'a join token allows a machine to request a certificate and nothing else',
  where: 'initial-control-plane',
  resources: context => [
    ...bootstrapAccess(context.cluster.version).map(object =>
      kubeObject(object, 'the rights of join tokens and new nodes'),
    ),
    clusterInfo(publicServerOf(context), otherServers(context)),
    ...clusterInfoAccess().map(object => kubeObject(object, 'lets anyone read the address and CA of the cluster')),
    ...tokensOf(context),
  ],
}

/** Without one endpoint, every control plane is as good as the one that leads this run. */
const otherServers = ({cluster, nodes}: PhaseContext): readonly string[] =>
  balancerOf(cluster) === undefined
    ? []
    : nodes.filter(({role}) => role === 'control-plane').map(node => localServer(cluster, node))

/** The tokens that kubeadm's InitConfiguration names; kadm's own are created for each join. */
const tokensOf = ({cluster}: PhaseContext): readonly BootstrapTokenResource[] =>
  (cluster.kubeadm?.init?.bootstrapTokens ?? []).flatMap(({token, ttlSeconds, ...named}) =>
    token === undefined
      ? []
      : [
          bootstrapToken({
            token,
            description: named.description,
            expires: named.expires,
            usages: TOKEN_USAGES.filter(usage => named.usages.includes(usage)),
            groups: named.groups,
            ttlMs: ttlSeconds === undefined || ttlSeconds === 0 ? undefined : ttlSeconds * 1000,
          }),
        ],
  )

const TOKEN_USAGES = ['signing', 'authentication'] as const
