import {addonsPhase, podNetworkPhase} from './addons.ts'
import {adminPhase, bootstrapTokenPhase, uploadConfigPhase} from './cluster-config.ts'
import {controlPlaneImagesPhase, nodeImagesPhase} from './images.ts'
import {kubeconfigsPhase} from './kubeconfigs.ts'
import {kubeletFinalizePhase} from './kubelet-finalize.ts'
import {kubeletStartPhase} from './kubelet-start.ts'
import {markControlPlanePhase} from './mark-control-plane.ts'
import type {Phase} from './phase.ts'
import {pkiPhase} from './pki.ts'
import {preparePhase} from './prepare.ts'
import {clusterReadyPhase, nodeReadyPhase} from './ready.ts'
import {controllersPhase, controlPlanePhase, etcdPhase} from './static-pods.ts'
import {userKubeconfigPhase} from './user-kubeconfig.ts'
import {controllersHealthyPhase, waitControlPlanePhase} from './wait-control-plane.ts'

/** What makes a prepared host the first control plane, in order. */
export const firstControlPlanePhases: readonly Phase[] = [
  controlPlaneImagesPhase,
  pkiPhase,
  kubeconfigsPhase,
  etcdPhase,
  controlPlanePhase,
  kubeletStartPhase,
  nodeImagesPhase, // while the API server is coming up
  waitControlPlanePhase,
  controllersPhase, // unless they were started with the API server
  adminPhase,
  uploadConfigPhase,
  bootstrapTokenPhase, // workers wait for this
  markControlPlanePhase,
  podNetworkPhase,
  addonsPhase,
  kubeletFinalizePhase,
  userKubeconfigPhase,
  controllersHealthyPhase,
]

/** `kadm init`: from a bare host to a cluster of one. */
export const initPhases: readonly Phase[] = [
  preparePhase,
  ...firstControlPlanePhases,
  nodeReadyPhase,
  clusterReadyPhase,
]
