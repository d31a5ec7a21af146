import {preparePhase} from './prepare.ts'
import {nodeImagesPhase} from '../cluster/images.ts'
import type {Phase} from '../phase.ts'
import {nodePodsPhase, nodeReadyPhase} from '../cluster/ready.ts'
import {workerPhase} from '../worker/worker.ts'

/** A worker: kadm prepares the host, then its kubelet registers with the cluster. */
export const joinPhases: readonly Phase[] = [preparePhase, nodeImagesPhase, workerPhase, nodeReadyPhase, nodePodsPhase]
