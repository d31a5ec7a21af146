import {firstControlPlanePhases} from './init.ts'
import type {Phase} from '../phase.ts'
import {joinControlPlanePhase} from '../control-plane/join.ts'
import {preparePhase} from './prepare.ts'
import {clusterReadyPhase, controlPlanePodsPhase, nodePodsPhase, nodeReadyPhase} from '../cluster/ready.ts'
import {workerPhase} from '../worker/worker.ts'

/** `kadm apply`: a whole cluster, all hosts in parallel; each host runs the phases of its role. */
export const applyPhases: readonly Phase[] = [
  preparePhase,
  ...firstControlPlanePhases,
  joinControlPlanePhase,
  workerPhase,
  nodeReadyPhase,
  nodePodsPhase,
  controlPlanePodsPhase,
  clusterReadyPhase,
]
