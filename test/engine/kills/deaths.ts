import type {Death, Life} from './life.ts'

/** Kadm is killed in each call of a run, or in one of four. */
export type Calls = 'each' | 'one of four'
const STEP = 4

const upTo = (count: number, kind: Death['kind']): readonly Death[] =>
  Array.from({length: count}, (_, i) => ({kind, at: i + 1}))

export const eventsOf = (life: Life): readonly Death[] => upTo(life.events(), 'event')

/** Which one of four depends on the number of events, which no clock changes, and on `shift`, so that two sweeps differ. */
export const callsOf = (life: Life, calls: Calls, shift = 0): readonly Death[] =>
  upTo(life.calls(), 'call').filter(({at}) => calls === 'each' || at % STEP === (life.events() + shift) % STEP)
