import {images, imagesForRole} from '../domain/images.ts'
import {proxyEnvironment} from '../domain/no-proxy.ts'
import {pulledImages} from '../resources/pulled-images.ts'
import {imagesFromBundle} from './from-bundle.ts'
import {manifestPlaces} from './image-mirrors.ts'
import type {Phase, PhaseContext} from './phase.ts'

const wanted = ({cluster, node}: PhaseContext): readonly string[] =>
  imagesForRole(node.role, {
    version: cluster.version,
    repository: cluster.imageRepository,
    podNetwork: cluster.network.plugin.kind,
  })

/** What the static pods of a control plane need; the rest is brought while these start. */
const urgent = ({cluster, node}: PhaseContext): readonly string[] => {
  const set = images(cluster.version, cluster.imageRepository)
  return node.role === 'worker' ? [] : [set.pause, set.etcd, set.apiserver, set.controllerManager, set.scheduler]
}

export const controlPlaneImagesPhase: Phase = {
  name: 'control-plane-images',
  title: 'Load the images of the control plane',
  why: 'the control plane runs in containers; when their images are there, nothing that starts waits for a registry',
  where: 'control-plane',
  resources: context =>
    context.bundle === undefined
      ? [
          pulledImages({
            name: 'control-plane',
            refs: urgent(context),
            manifests: manifestPlaces(context.cluster, urgent(context)),
            environment: proxyEnvironment(context),
            why: 'the control plane runs from them',
          }),
        ]
      : [imagesFromBundle(context.bundle, 'control-plane', urgent(context), 'the control plane runs from them')],
}

export const nodeImagesPhase: Phase = {
  name: 'node-images',
  title: 'Load the images every node needs',
  why: 'service routing, the pod network and DNS run as pods on the nodes',
  when: ({bundle}) => (bundle === undefined ? 'the kubelet pulls them when they are needed' : true),
  resources: context =>
    context.bundle === undefined
      ? []
      : [
          imagesFromBundle(
            context.bundle,
            'node',
            wanted(context).filter(ref => !urgent(context).includes(ref)),
            'pods of every node run from them',
          ),
        ],
}
