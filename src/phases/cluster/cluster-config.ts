import {
  adminBinding as adminBindingObject,
  bootstrapAccess,
  clusterInfoAccess,
  kubeadmConfigAccess,
  kubeletConfigAccess,
} from '../../manifests/access.ts'
import {kubeadmConfigMap} from '../../manifests/kubeadm-config.ts'
import {kubeletConfigMap} from '../../manifests/kubelet-config.ts'
import {adminBinding} from '../../resources/cluster/admin-binding.ts'
import {clusterInfo} from '../../resources/cluster/cluster-info.ts'
import {kubeObject} from '../../resources/cluster/kube-object.ts'
import type {Phase} from '../phase.ts'

export const adminPhase: Phase = {
  name: 'admin',
  title: 'Give the administrator their rights',
  why: 'the rights hang on a binding, so that they can be taken away from a lost kubeconfig',
  where: 'initial-control-plane',
  resources: () => [adminBinding(adminBindingObject(), 'without it the administrator may do nothing')],
}

export const uploadConfigPhase: Phase = {
  name: 'upload-config',
  title: 'Store the configuration in the cluster',
  why: 'the cluster itself says how it was made, so that any machine, and kubeadm too, can go on from there',
  where: 'initial-control-plane',
  resources: ({cluster, facts}) => [
    kubeObject(kubeadmConfigMap(cluster), 'how this cluster was made'),
    kubeObject(kubeletConfigMap(cluster, facts.cgroup.version), 'how the kubelets of this cluster work'),
    ...kubeadmConfigAccess().map(object => kubeObject(object, 'joining machines may read how the cluster was made')),
    ...kubeletConfigAccess().map(object => kubeObject(object, 'joining machines may read how kubelets work')),
  ],
}

export const bootstrapTokenPhase: Phase = {
  name: 'bootstrap-token',
  title: 'Let workers join',
  why: 'says what the holder of a join token may do: ask for a certificate, and nothing else',
  where: 'initial-control-plane',
  resources: ({cluster, endpoint}) => [
    ...bootstrapAccess(cluster.version).map(object => kubeObject(object, 'what a join token and a new node may do')),
    clusterInfo(endpoint),
    ...clusterInfoAccess().map(object => kubeObject(object, 'anyone may read where the cluster is')),
  ],
}
