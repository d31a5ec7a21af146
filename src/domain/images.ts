import {AGNHOST_IMAGE, AGNHOST_NEXT_IMAGE, componentVersions, DEFAULT_REPOSITORY, flannelImage} from './releases.ts'
import type {KubernetesVersion} from './version.ts'

export interface ImageSet {
  readonly apiserver: string
  readonly controllerManager: string
  readonly scheduler: string
  readonly proxy: string
  readonly etcd: string
  readonly coredns: string
  readonly pause: string
}

/** The references kubelet asks for; CoreDNS sits one level deeper only in the default registry (kubeadm images/images.go). */
export function images(version: KubernetesVersion, repository: string = DEFAULT_REPOSITORY): ImageSet {
  const {etcd, coredns, pause} = componentVersions(version)
  const dns = repository === DEFAULT_REPOSITORY ? `${repository}/coredns/coredns` : `${repository}/coredns`
  return {
    apiserver: `${repository}/kube-apiserver:${version.text}`,
    controllerManager: `${repository}/kube-controller-manager:${version.text}`,
    scheduler: `${repository}/kube-scheduler:${version.text}`,
    proxy: `${repository}/kube-proxy:${version.text}`,
    coredns: `${dns}:${coredns}`,
    pause: `${repository}/pause:${pause}`,
    etcd: `${repository}/etcd:${etcd}`,
  }
}

export interface ImageNeeds {
  readonly version: KubernetesVersion
  readonly repository: string
  readonly podNetwork: 'flannel' | 'none' | 'file'
}

/** In kubeadm's order for the control plane, then what kadm adds. */
export function imagesForRole(role: 'control-plane' | 'worker', needs: ImageNeeds): readonly string[] {
  const set = images(needs.version, needs.repository)
  const shared = [
    set.proxy,
    set.coredns,
    set.pause,
    ...(needs.podNetwork === 'flannel' ? [flannelImage()] : []),
    AGNHOST_IMAGE,
    AGNHOST_NEXT_IMAGE,
  ]
  return role === 'worker' ? shared : [set.apiserver, set.controllerManager, set.scheduler, ...shared, set.etcd]
}
