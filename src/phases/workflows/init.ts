import {addonsPhase, podNetworkPhase} from '../cluster/addons.ts'
import {adminPhase, bootstrapTokenPhase, uploadConfigPhase} from '../cluster/cluster-config.ts'
import {controlPlaneImagesPhase, nodeImagesPhase} from '../cluster/images.ts'
import {kubeconfigsPhase} from '../control-plane/kubeconfigs.ts'
import {kubeletFinalizePhase} from '../control-plane/kubelet-finalize.ts'
import {kubeletStartPhase} from '../control-plane/kubelet-start.ts'
import {loadBalancerPhase, loadBalancerReadyPhase} from '../shared/load-balancer.ts'
import {virtualAddressPhase, virtualAddressReadyPhase, virtualAddressRightsPhase} from '../shared/virtual-address.ts'
import {markControlPlanePhase} from '../control-plane/mark-control-plane.ts'
import type {Phase} from '../phase.ts'
import {pkiPhase} from '../control-plane/pki.ts'
import {preparePhase} from './prepare.ts'
import {clusterReadyPhase, nodeReadyPhase} from '../cluster/ready.ts'
import {controllersPhase, controlPlanePhase, etcdPhase} from '../control-plane/static-pods.ts'
import {userKubeconfigPhase} from '../control-plane/user-kubeconfig.ts'
import {controllersHealthyPhase, waitControlPlanePhase} from '../control-plane/wait-control-plane.ts'

/** The phases that make a prepared host the first control plane, in order. */
export const firstControlPlanePhases: readonly Phase[] = [
  controlPlaneImagesPhase,
  {...loadBalancerPhase, where: 'initial-control-plane'},
  pkiPhase,
  kubeconfigsPhase,
  virtualAddressPhase,
  etcdPhase,
  controlPlanePhase,
  kubeletStartPhase,
  nodeImagesPhase, // while the API server is coming up
  waitControlPlanePhase,
  controllersPhase, // unless they were started with the API server
  adminPhase,
  virtualAddressRightsPhase,
  uploadConfigPhase,
  bootstrapTokenPhase, // workers wait for this
  markControlPlanePhase,
  {...loadBalancerReadyPhase, where: 'initial-control-plane'}, // pods of the next phases use it
  virtualAddressReadyPhase,
  podNetworkPhase,
  addonsPhase,
  kubeletFinalizePhase,
  userKubeconfigPhase,
  controllersHealthyPhase,
]

/** `kadm init`: from a bare host to a cluster of one node. */
export const initPhases: readonly Phase[] = [
  preparePhase,
  ...firstControlPlanePhases,
  nodeReadyPhase,
  clusterReadyPhase,
]
