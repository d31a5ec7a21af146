import {
  AGNHOST_IMAGE,
  AGNHOST_NEXT_IMAGE,
  componentVersions,
  DEFAULT_REPOSITORY,
  flannelImage,
  HAPROXY_IMAGE,
  KUBE_VIP_IMAGE,
} from './releases.ts'
import type {Cluster} from './cluster.ts'
import {hasCoreDns, hasKubeProxy, usesExternalEtcd} from './kubeadm-places.ts'
import type {KubeadmSettings} from './kubeadm.ts'
import {balancerOf} from './load-balancer.ts'
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

/** The references kubelet asks for; CoreDNS is one level deeper only in the default registry (kubeadm images/images.go). */
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

/** The references of a cluster, which may name other places and tags for etcd and DNS. */
export function imagesOf({
  version,
  imageRepository,
  kubeadm,
}: Pick<Cluster, 'version' | 'imageRepository' | 'kubeadm'>): ImageSet {
  const usual = images(version, imageRepository)
  const {etcd, dns} = kubeadm ?? {}
  const other = (set: string, image: string, change: Changed): string => {
    const [, place = '', tag = ''] = /^(.*):([^:]*)$/.exec(set) ?? []
    const repository = change?.imageRepository === undefined ? place : `${change.imageRepository}/${image}`
    return `${repository}:${change?.imageTag ?? tag}`
  }
  // kubeadm puts CoreDNS one level deeper in the default registry only (images.GetDNSImage).
  const dnsName = dns?.imageRepository === DEFAULT_REPOSITORY ? 'coredns/coredns' : 'coredns'
  return {...usual, etcd: other(usual.etcd, 'etcd', etcd), coredns: other(usual.coredns, dnsName, dns)}
}

type Changed = {readonly imageRepository?: string | undefined; readonly imageTag?: string | undefined} | undefined

export interface ImageNeeds {
  readonly version: KubernetesVersion
  readonly repository: string
  readonly podNetwork: 'flannel' | 'none' | 'file'
  readonly kubeadm?: KubeadmSettings | undefined
  /** Whether each node runs its own load balancer. */
  readonly hasLocalBalancer?: boolean | undefined
  /** Whether kube-vip moves the address of the API. */
  readonly hasKubeVip?: boolean | undefined
}

/** What a cluster needs. */
export const imageNeeds = (cluster: Cluster): ImageNeeds => ({
  version: cluster.version,
  repository: cluster.imageRepository,
  podNetwork: cluster.network.plugin.kind,
  kubeadm: cluster.kubeadm,
  hasLocalBalancer: balancerOf(cluster) !== undefined,
  hasKubeVip: cluster.virtualAddress?.provider === 'kube-vip',
})

/** In kubeadm's order for the control plane, then what kadm adds. */
export function imagesForRole(role: 'control-plane' | 'worker', needs: ImageNeeds): readonly string[] {
  const set = imagesOf({...needs, imageRepository: needs.repository})
  const shared = [
    ...(hasKubeProxy(needs) ? [set.proxy] : []),
    ...(hasCoreDns(needs) ? [set.coredns] : []),
    set.pause,
    ...(needs.podNetwork === 'flannel' ? [flannelImage()] : []),
    ...(needs.hasLocalBalancer === true ? [HAPROXY_IMAGE] : []),
    AGNHOST_IMAGE,
    AGNHOST_NEXT_IMAGE,
  ]
  return role === 'worker'
    ? shared
    : [
        ...[set.apiserver, set.controllerManager, set.scheduler, ...shared],
        ...(usesExternalEtcd(needs) ? [] : [set.etcd]),
        ...(needs.hasKubeVip === true ? [KUBE_VIP_IMAGE] : []),
      ]
}
