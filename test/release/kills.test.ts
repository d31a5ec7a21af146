import {describe} from 'vitest'
import {joinSweep} from '../engine/kills/join-sweep.ts'
import {controlPlanes, removalSweep} from '../engine/kills/removal-sweep.ts'
import {undoSweep} from '../engine/kills/undo-sweep.ts'

/** The unit tests kill kadm at some of these points only. These need no machines. */
describe('a control plane that joins', () => joinSweep('each'))
describe('the removal of a control plane', () => removalSweep(controlPlanes(), 'each'))
describe('an undo of a control plane', () => undoSweep('each'))
