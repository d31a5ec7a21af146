import {applyPhases} from './apply.ts'
import {initPhases} from './init.ts'
import {joinPhases} from './join.ts'
import {absentNodesPhase, endOfRestorePhase, restoredPodsPhase, restorePhase} from '../control-plane/restore.ts'
import {afterResetPhases, resetPhases} from './reset.ts'
import {paths} from '../select.ts'

const NO_FILE = {from: '', to: '', sha256: '', size: 0}

const NO_BACKUP = {snapshot: NO_FILE, revision: 0, hasKeys: true, files: []}

const restore = [restorePhase(NO_BACKUP), absentNodesPhase, restoredPodsPhase(NO_BACKUP), endOfRestorePhase]

/** Every path of every workflow: a phase may depend on any of them, also when a run leaves it out. */
export const WORKFLOW_PATHS: ReadonlySet<string> = new Set(
  [initPhases, joinPhases, applyPhases, resetPhases, afterResetPhases, restore].flatMap(phases => paths(phases)),
)
