import {describe} from 'vitest'
import {joinSweep} from './join-sweep.ts'

describe('a control plane that joins', () => joinSweep('some'))
