/** One test and how long it took. */
export interface TimedTest {
  readonly name: string
  readonly ms: number
}

/** What a step of `npm test` gives. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly tests: readonly TimedTest[]
}

/** A step that ran, with its lane and its time. */
export interface StepDone extends Counts {
  readonly lane: string
  readonly step: string
  readonly ms: number
}
