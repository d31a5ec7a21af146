import {applyPhases} from './apply.ts'
import {initPhases} from './init.ts'
import {joinPhases} from './join.ts'
import {afterResetPhases, resetPhases} from './reset.ts'
import {paths} from '../select.ts'

/** Every path of every workflow: a phase may depend on any of them, also when a run leaves it out. */
export const WORKFLOW_PATHS: ReadonlySet<string> = new Set(
  [initPhases, joinPhases, applyPhases, resetPhases, afterResetPhases].flatMap(phases => paths(phases)),
)
