import {ADMINS_GROUP, NODES_GROUP, type WantedCertificate} from './certificates.ts'
import type {Cluster, Node} from './cluster.ts'
import {localServer} from './endpoint.ts'
import type {Facts} from './facts.ts'
import {balancerOf} from './load-balancer.ts'
import {
  ADMIN_CONF,
  CONTROLLER_MANAGER_CONF,
  KUBELET_CONF,
  MANIFESTS_DIR,
  SCHEDULER_CONF,
  SUPER_ADMIN_CONF,
} from './paths.ts'

/** One kubeconfig that kubeadm writes on a control plane. */
export interface KubeconfigSpec {
  readonly path: string
  /** User name in the file and common name of its certificate. */
  readonly user: (node: Node) => string
  readonly organisations: readonly string[]
  /** Which address of the API it uses: the one for clients, or this node's own server. */
  readonly server: 'endpoint' | 'local'
  readonly why: string
}

const KUBECONFIGS = {
  admin: {
    path: ADMIN_CONF,
    user: () => 'kubernetes-admin',
    organisations: [ADMINS_GROUP],
    server: 'endpoint',
    why: 'admin access through a role binding, which you can revoke',
  },
  'super-admin': {
    path: SUPER_ADMIN_CONF,
    user: () => 'kubernetes-super-admin',
    organisations: ['system:masters'],
    server: 'endpoint',
    why: 'admin access for emergencies; works even when access control is broken',
  },
  kubelet: {
    path: KUBELET_CONF,
    user: node => `system:node:${node.name}`,
    organisations: [NODES_GROUP],
    server: 'local',
    why: 'identifies the kubelet of this node',
  },
  'controller-manager': {
    path: CONTROLLER_MANAGER_CONF,
    user: () => 'system:kube-controller-manager',
    organisations: [],
    server: 'local',
    why: 'identifies the controller manager',
  },
  scheduler: {
    path: SCHEDULER_CONF,
    user: () => 'system:kube-scheduler',
    organisations: [],
    server: 'local',
    why: 'identifies the scheduler',
  },
} as const satisfies Record<string, KubeconfigSpec>

export type KubeconfigName = keyof typeof KUBECONFIGS

export const KUBECONFIG_NAMES: readonly KubeconfigName[] = [
  'admin',
  'super-admin',
  'kubelet',
  'controller-manager',
  'scheduler',
]

/** Those of a control plane that joins a cluster: only the one that created it has the kubeconfig for emergencies. */
export const JOINED_KUBECONFIGS: readonly KubeconfigName[] = KUBECONFIG_NAMES.filter(name => name !== 'super-admin')

/** Whether the control plane that leads a run has all of them: one that joined the cluster leads a later run without that for emergencies. */
export const createsCluster = ({files}: Pick<Facts, 'files'>, nodes: readonly Pick<Node, 'role'>[]): boolean =>
  files[SUPER_ADMIN_CONF] !== undefined ||
  files[`${MANIFESTS_DIR}/kube-apiserver.yaml`] === undefined ||
  nodes.filter(({role}) => role === 'control-plane').length === 1

export const kubeconfigSpec = (name: KubeconfigName): KubeconfigSpec => KUBECONFIGS[name]

/**
 * The API server that a kubeconfig names. On a control plane it is never a local load balancer: people use copies of these files
 * elsewhere, and they must work when the load balancer does not.
 */
export function kubeconfigServer(
  name: KubeconfigName,
  {cluster, node, endpoint}: {readonly cluster: Cluster; readonly node: Node; readonly endpoint: string},
): string {
  if (node.role === 'worker') return endpoint
  return kubeconfigSpec(name).server === 'local' || balancerOf(cluster) !== undefined
    ? localServer(cluster, node)
    : endpoint
}

/** The client certificate that goes into one of the kubeconfig files. */
export function wantedKubeconfigCertificate(name: KubeconfigName, cluster: Cluster, node: Node): WantedCertificate {
  const spec = kubeconfigSpec(name)
  return {
    isCa: false,
    commonName: spec.user(node),
    organisations: spec.organisations,
    usages: ['clientAuth'],
    sans: {dns: [], ips: []},
    hours: cluster.pki.leafHours,
  }
}
