import {startsSlowly} from '../../domain/cluster.ts'
import {imageNeeds, imagesForRole, imagesOf} from '../../domain/images.ts'
import {usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {proxyEnvironment} from '../../domain/no-proxy.ts'
import {HAPROXY_IMAGE, KUBE_VIP_IMAGE} from '../../domain/releases.ts'
import {pulledImages} from '../../resources/images/pulled-images.ts'
import {imagesFromBundle} from '../shared/from-bundle.ts'
import {manifestPlaces} from '../shared/image-mirrors.ts'
import type {Phase, PhaseContext} from '../phase.ts'

const wanted = ({cluster, node}: PhaseContext): readonly string[] => imagesForRole(node.role, imageNeeds(cluster))

/**
 * The images of a control plane's static pods; the others are loaded while these start. Where they start slowly, kadm
 * loads all images first: during an import, an API server ended itself before it was ready.
 */
const urgent = (context: PhaseContext): readonly string[] => {
  const {cluster, node, bundle} = context
  if (node.role === 'worker') return []
  if (bundle !== undefined && startsSlowly(cluster)) return wanted(context)
  const set = imagesOf(cluster)
  return [
    set.pause,
    ...(usesExternalEtcd(cluster) ? [] : [set.etcd]),
    set.apiserver,
    set.controllerManager,
    set.scheduler,
    ...(balancerOf(cluster) === undefined ? [] : [HAPROXY_IMAGE]),
    ...(cluster.virtualAddress?.provider === 'kube-vip' ? [KUBE_VIP_IMAGE] : []),
  ]
}

const later = (context: PhaseContext): readonly string[] => {
  const before = urgent(context)
  return wanted(context).filter(ref => !before.includes(ref))
}

export const controlPlaneImagesPhase: Phase = {
  name: 'control-plane-images',
  title: 'Load the images of the control plane',
  why: 'the control plane runs in containers; with the images on the host, it starts without a registry',
  where: 'control-plane',
  when: context => {
    if (context.bundle !== undefined) return true
    const {criSocket} = context.node.host
    if (criSocket !== undefined) return `the container runtime at ${criSocket} pulls them on demand`
    return context.cluster.kubeadm?.init?.imagePullPolicy === 'Never'
      ? 'the file sets imagePullPolicy: Never; the images must be on the host already'
      : true
  },
  resources: context =>
    context.bundle === undefined
      ? [
          pulledImages({
            name: 'control-plane',
            refs: urgent(context),
            manifests: manifestPlaces(context.cluster, urgent(context)),
            environment: proxyEnvironment(context),
            atOnce: context.cluster.kubeadm?.init?.imagePullSerial === false,
            why: 'images of the control plane',
          }),
        ]
      : [imagesFromBundle(context.bundle, 'control-plane', urgent(context), 'images of the control plane')],
}

export const nodeImagesPhase: Phase = {
  name: 'node-images',
  title: 'Load the images every node needs',
  why: 'service routing, the pod network and DNS run as pods on every node',
  when: context => {
    if (context.bundle === undefined) return 'the kubelet pulls them on demand'
    return later(context).length === 0 ? 'already loaded before the control plane started' : true
  },
  resources: context =>
    context.bundle === undefined
      ? []
      : [imagesFromBundle(context.bundle, 'node', later(context), 'images of the pods on every node')],
}
