import type {KubernetesVersion} from './version.ts'

/** What goes with a Kubernetes minor: the tags kubeadm of that minor pins (cmd/kubeadm/app/constants). */
export interface ComponentVersions {
  readonly etcd: string
  readonly coredns: string
  readonly pause: string
}

const COMPANIONS: Readonly<Record<number, ComponentVersions>> = {
  35: {etcd: '3.6.6-0', coredns: 'v1.13.1', pause: '3.10.1'},
  36: {etcd: '3.6.8-0', coredns: 'v1.14.2', pause: '3.10.2'},
  37: {etcd: '3.7.0-0', coredns: 'v1.14.6', pause: '3.10.2'},
}

export function componentVersions(version: KubernetesVersion): ComponentVersions {
  const found = COMPANIONS[version.minor]
  if (found === undefined) throw new Error(`no component versions known for ${version.text}`)
  return found
}

/** Node software that Kubernetes does not version for us. */
export const NODE_TOOLS = {
  containerd: 'v2.4.2',
  runc: 'v1.5.2',
  cniPlugins: 'v1.9.1',
  flannel: 'v0.28.10',
  haproxy: '3.2.23',
} as const

export const DEFAULT_VERSION = 'v1.37.2'
export const DEFAULT_REPOSITORY = 'registry.k8s.io'
export const FLANNEL_REPOSITORY = 'ghcr.io/flannel-io'
/** The community's own multi-purpose test image; `verify` runs it. */
export const AGNHOST_IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0'
/** The same image by another name: the 'new version' that a rollout goes to. */
export const AGNHOST_NEXT_IMAGE = `${AGNHOST_IMAGE}-b`
export const flannelImage = (): string => `${FLANNEL_REPOSITORY}/flannel:${NODE_TOOLS.flannel}`
/** The official image of the local load balancer. */
export const HAPROXY_IMAGE = `docker.io/library/haproxy:${NODE_TOOLS.haproxy}-alpine`
/** kube-vip, which moves a virtual address between control planes. */
export const KUBE_VIP_IMAGE = 'ghcr.io/kube-vip/kube-vip:v1.2.3'
