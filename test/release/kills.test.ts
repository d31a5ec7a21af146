import {describe} from 'vitest'
import {joinSweep} from '../engine/kills/join-sweep.ts'
import {controlPlanes, removalSweep} from '../engine/kills/removal-sweep.ts'

/** The unit tests kill kadm in one of four calls only. These need no machines. */
describe('a control plane that joins', () => joinSweep('each'))
describe('the removal of a control plane', () => removalSweep(controlPlanes(), 'each'))
