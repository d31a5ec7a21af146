import {controlPlaneImagesPhase} from '../cluster/images.ts'
import {clusterReadyPhase} from '../cluster/ready.ts'
import {
  absentNodesPhase,
  endOfRestorePhase,
  restoredPodsPhase,
  restorePhase,
  type RestoredBackup,
} from '../control-plane/restore.ts'
import type {Phase} from '../phase.ts'
import {applyPhases} from './apply.ts'

/**
 * `kadm restore` and `kadm etcd restore`: the phases of `apply`, with the data of the snapshot before etcd starts. Etcd's image must be
 * there first, because the program that reads the snapshot comes with it.
 */
export function restorePhases(backup: RestoredBackup): readonly Phase[] {
  const at = applyPhases.findIndex(({name}) => name === controlPlaneImagesPhase.name) + 1
  const last = applyPhases.findIndex(({name}) => name === clusterReadyPhase.name)
  return [
    ...applyPhases.slice(0, at),
    restorePhase(backup),
    ...applyPhases.slice(at, last),
    absentNodesPhase,
    restoredPodsPhase(backup),
    ...applyPhases.slice(last),
    endOfRestorePhase,
  ]
}
