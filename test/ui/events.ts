import type {EngineEvent} from '../../src/domain/events.ts'

const T0 = Date.UTC(2030, 0, 1)
const at = (seconds: number): number => T0 + seconds * 1000

/** When the recorded runs began. */
export const START = T0

/** Two hosts, a wait, a skipped phase, a warning; everything ends well. */
export const GOOD_RUN: readonly EngineEvent[] = [
  {type: 'run-started', command: 'init', hosts: ['master', 'worker-1'], at: at(0)},
  {type: 'phase-started', host: 'master', phase: 'prepare/swap', title: 'turning swap off', at: at(0)},
  {type: 'phase-started', host: 'worker-1', phase: 'prepare/swap', title: 'turning swap off', at: at(0)},
  {
    type: 'changed',
    host: 'master',
    phase: 'prepare/swap',
    resource: 'swap-off:/swapfile',
    what: 'is on by fstab',
    at: at(1),
  },
  {
    type: 'phase-done',
    host: 'master',
    phase: 'prepare/swap',
    title: 'turning swap off',
    changes: 1,
    durationMs: 1400,
    at: at(1.4),
  },
  {
    type: 'phase-done',
    host: 'worker-1',
    phase: 'prepare/swap',
    title: 'turning swap off',
    changes: 0,
    durationMs: 300,
    at: at(0.3),
  },
  {
    type: 'phase-skipped',
    host: 'master',
    phase: 'prepare/network',
    title: 'writing netplan',
    reason: 'no network is asked for',
    at: at(1.5),
  },
  {type: 'warning', host: 'worker-1', message: 'the clock is 3 s off', at: at(1.6)},
  {type: 'phase-started', host: 'master', phase: 'control-plane/start', title: 'starting the control plane', at: at(2)},
  {type: 'phase-progress', host: 'master', phase: 'control-plane/start', message: 'waiting for /readyz', at: at(5)},
  {type: 'phase-progress', host: 'master', phase: 'control-plane/start', message: 'waiting for /readyz', at: at(6)},
  {
    type: 'phase-done',
    host: 'master',
    phase: 'control-plane/start',
    title: 'starting the control plane',
    changes: 4,
    durationMs: 71_000,
    at: at(73),
  },
  {type: 'run-done', changes: 5, durationMs: 73_000, at: at(73)},
]

/** One host fails, the other had to stop: no run-done. */
export const FAILED_RUN: readonly EngineEvent[] = [
  ...GOOD_RUN.slice(0, -2),
  {
    type: 'phase-failed',
    host: 'master',
    phase: 'control-plane/start',
    title: 'starting the control plane',
    error: 'master: the API server did not answer\nsecond line',
    hint: 'look at its log',
    durationMs: 71_000,
    at: at(73),
  },
]
