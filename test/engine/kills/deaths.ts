import type {Death, Life} from './life.ts'

/** Kadm is killed at each event and in each call of a run, or at one of two events and in one of four calls. */
export type Sweep = 'each' | 'some'
const EVENT_STEP = 2
const CALL_STEP = 4

const upTo = (count: number, kind: Death['kind']): readonly Death[] =>
  Array.from({length: count}, (_, i) => ({kind, at: i + 1}))

/** Which ones depends on the number of events, which no clock changes, and on `shift`, so that two sweeps differ. */
export const eventsOf = (life: Life, sweep: Sweep, shift = 0): readonly Death[] =>
  every(sweep === 'each' ? 1 : EVENT_STEP, life.events() + shift, upTo(life.events(), 'event'))

export const callsOf = (life: Life, sweep: Sweep, shift = 0): readonly Death[] =>
  every(sweep === 'each' ? 1 : CALL_STEP, life.events() + shift, upTo(life.calls(), 'call'))

const every = (step: number, first: number, deaths: readonly Death[]): readonly Death[] =>
  deaths.filter(({at}) => at % step === first % step)
