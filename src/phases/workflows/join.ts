import {preparePhase} from './prepare.ts'
import {controlPlaneImagesPhase, nodeImagesPhase} from '../cluster/images.ts'
import {joinControlPlanePhase} from '../control-plane/join.ts'
import type {Phase} from '../phase.ts'
import {controlPlanePodsPhase, nodePodsPhase, nodeReadyPhase} from '../cluster/ready.ts'
import {workerPhase} from '../worker/worker.ts'

/** `kadm join`: a worker's kubelet registers with the cluster, a control plane also joins etcd and runs an API server. */
export const joinPhases: readonly Phase[] = [
  preparePhase,
  controlPlaneImagesPhase,
  nodeImagesPhase,
  joinControlPlanePhase,
  workerPhase,
  nodeReadyPhase,
  nodePodsPhase,
  controlPlanePodsPhase,
]
