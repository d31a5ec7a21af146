import {ADMINS_GROUP, NODES_GROUP} from '../domain/certificates.ts'
import {kubeletClientHasBinding, type KubernetesVersion} from '../domain/version.ts'
import type {KubeObject} from './kube-object.ts'
import {clusterRole, clusterRoleBinding, configMapAccess, group, secretAccess, TOKEN_GROUP, user} from './rbac.ts'

/** Makes the administrators of admin.conf administrators; the first object of a cluster. */
export const adminBinding = (): KubeObject => clusterRoleBinding(ADMINS_GROUP, 'cluster-admin', [group(ADMINS_GROUP)])

/** Lets nodes and joining machines read kubeadm-config. */
export const kubeadmConfigAccess = (): readonly KubeObject[] =>
  configMapAccess({namespace: 'kube-system', name: 'kubeadm:nodes-kubeadm-config'}, 'kubeadm-config', [
    group(TOKEN_GROUP),
    group(NODES_GROUP),
  ])

/** Lets nodes and joining machines read kubelet-config. */
export const kubeletConfigAccess = (): readonly KubeObject[] =>
  configMapAccess({namespace: 'kube-system', name: 'kubeadm:kubelet-config'}, 'kubelet-config', [
    group(NODES_GROUP),
    group(TOKEN_GROUP),
  ])

/** Lets joining machines read the certificates in kubeadm-certs, which only the certificate key opens. */
export const uploadedCertsAccess = (): readonly KubeObject[] =>
  secretAccess({namespace: 'kube-system', name: 'kubeadm:kubeadm-certs'}, 'kubeadm-certs', [group(TOKEN_GROUP)])

/** What a joining machine's token may do, and which certificate requests are granted by themselves. */
export const bootstrapAccess = (version: KubernetesVersion): readonly KubeObject[] => [
  clusterRole('kubeadm:get-nodes', [{apiGroups: [''], resources: ['nodes'], verbs: ['get']}]),
  clusterRoleBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', [group(TOKEN_GROUP)]),
  clusterRoleBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', [group(TOKEN_GROUP)]),
  clusterRoleBinding(
    'kubeadm:node-autoapprove-bootstrap',
    'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    [group(TOKEN_GROUP)],
  ),
  clusterRoleBinding(
    'kubeadm:node-autoapprove-certificate-rotation',
    'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    [group(NODES_GROUP)],
  ),
  ...(kubeletClientHasBinding(version)
    ? [
        clusterRoleBinding('kubeadm:apiserver-kubelet-client', 'system:kubelet-api-admin', [
          user('kube-apiserver-kubelet-client'),
        ]),
      ]
    : []),
]

/** Lets anyone read cluster-info, with which a machine finds the cluster before it is trusted. */
export const clusterInfoAccess = (): readonly KubeObject[] =>
  configMapAccess({namespace: 'kube-public', name: 'kubeadm:bootstrap-signer-clusterinfo'}, 'cluster-info', [
    user('system:anonymous'),
  ])
