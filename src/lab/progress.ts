/** What a lab tells while it works. Seconds are estimates until they are past. */
export type LabEvent =
  | {readonly type: 'step-started'; readonly step: string; readonly title: string; readonly at: number}
  | {
      readonly type: 'step-done'
      readonly step: string
      readonly title: string
      readonly durationMs: number
      readonly at: number
    }
  | {
      readonly type: 'progress'
      readonly fraction: number
      readonly remainingSeconds: number
      readonly doing: string
      readonly at: number
    }
  | {readonly type: 'note'; readonly message: string; readonly at: number}

export type LabSink = (event: LabEvent) => void

export interface Step {
  readonly name: string
  /** What it is expected to take. */
  readonly seconds: number
}

interface Estimate {
  readonly fraction: number
  readonly remainingSeconds: number
}

/**
 * How far steps done one after another have come. What the finished ones really took corrects what the rest is expected to take,
 * the more the more of the whole is behind us, so that one odd small step does not swing it.
 */
export function estimate(steps: readonly Step[], done: ReadonlyMap<string, number>): Estimate {
  const total = steps.reduce((sum, step) => sum + step.seconds, 0)
  const finished = steps.filter(step => done.has(step.name))
  const expected = finished.reduce((sum, step) => sum + step.seconds, 0)
  const took = finished.reduce((sum, step) => sum + (done.get(step.name) ?? 0), 0)
  if (total === 0) return {fraction: 1, remainingSeconds: 0}
  const trust = expected / total
  const pace = expected === 0 ? 1 : trust * (took / expected) + (1 - trust)
  return {fraction: expected / total, remainingSeconds: Math.round((total - expected) * pace)}
}

export interface Tracker {
  /** Runs one step and tells its start, its end and the estimate. */
  readonly step: <T>(step: Step, title: string, work: () => Promise<T>) => Promise<T>
}

/** Tells a sink of steps; `steps` is all that is still to be done. */
export function tracker(steps: readonly Step[], sink: LabSink, now: () => number = Date.now): Tracker {
  const done = new Map<string, number>()
  return {
    step: async (step, title, work) => {
      const began = now()
      sink({type: 'step-started', step: step.name, title, at: began})
      sink({type: 'progress', ...estimate(steps, done), doing: title, at: began})
      const result = await work()
      const durationMs = now() - began
      done.set(step.name, durationMs / 1000)
      sink({type: 'step-done', step: step.name, title, durationMs, at: now()})
      return result
    },
  }
}
