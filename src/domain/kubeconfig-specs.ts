import {ADMINS_GROUP, NODES_GROUP, type WantedCertificate} from './certificates.ts'
import type {Cluster, Node} from './cluster.ts'
import {ADMIN_CONF, CONTROLLER_MANAGER_CONF, KUBELET_CONF, SCHEDULER_CONF, SUPER_ADMIN_CONF} from './paths.ts'

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

export const kubeconfigSpec = (name: KubeconfigName): KubeconfigSpec => KUBECONFIGS[name]

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
