/** Starts of documents, to which a case adds what it is about. */
const CLUSTER = 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n'
const INIT = 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n'
const JOIN = 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\n'
const KUBELET = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n'
const PROXY = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n'

export const cluster = (body = ''): string => CLUSTER + body
export const init = (body: string, more = ''): string => `${INIT}${body}---\n${CLUSTER}${more}`
export const join = (body: string): string => JOIN + body
export const kubelet = (body: string): string => `${CLUSTER}---\n${KUBELET}${body}`
export const proxy = (body: string): string => `${CLUSTER}---\n${PROXY}${body}`
