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

/** A step is not over before it is over, however long it takes. */
const NEARLY = 0.95

/**
 * How far steps have come. What the finished ones really took corrects what the rest is expected to take, the more the more of
 * the whole is behind us, so that one odd small step does not swing it. `running` is how many seconds each started one has had.
 */
export function estimate(
  steps: readonly Step[],
  done: ReadonlyMap<string, number>,
  running: ReadonlyMap<string, number> = new Map(),
): Estimate {
  const sum = (of: readonly Step[], seconds: (step: Step) => number): number =>
    of.reduce((total, step) => total + seconds(step), 0)
  const total = sum(steps, step => step.seconds)
  if (total === 0) return {fraction: 1, remainingSeconds: 0}
  const finished = steps.filter(step => done.has(step.name))
  const expected = sum(finished, step => step.seconds)
  const took = sum(finished, step => done.get(step.name) ?? 0)
  const trust = expected / total
  const pace = expected === 0 ? 1 : trust * (took / expected) + (1 - trust)
  const begun = sum(steps, step =>
    done.has(step.name) ? 0 : Math.min((running.get(step.name) ?? 0) / pace, NEARLY * step.seconds),
  )
  return {
    fraction: (expected + begun) / total,
    remainingSeconds: Math.round((total - expected - begun) * pace),
  }
}

export interface Tracker {
  /** Runs one step and tells its start, its end and, now and then, the estimate. Steps may overlap. */
  readonly step: <T>(step: Step, title: string, work: () => Promise<T>) => Promise<T>
}

const TELL_MS = 10_000

/** Tells a sink of steps; `steps` is all that is still to be done. */
export function tracker(steps: readonly Step[], sink: LabSink, now: () => number = Date.now): Tracker {
  const done = new Map<string, number>()
  const began = new Map<string, number>()
  const tell = (doing: string): void => {
    const at = now()
    const running = new Map([...began].map(([name, since]) => [name, (at - since) / 1000] as const))
    sink({type: 'progress', ...estimate(steps, done, running), doing, at})
  }
  return {
    step: async (step, title, work) => {
      const started = now()
      began.set(step.name, started)
      sink({type: 'step-started', step: step.name, title, at: started})
      tell(title)
      const timer = setInterval(() => tell(title), TELL_MS)
      try {
        const result = await work()
        const ended = now()
        done.set(step.name, (ended - started) / 1000)
        sink({type: 'step-done', step: step.name, title, durationMs: ended - started, at: ended})
        return result
      } finally {
        clearInterval(timer)
        began.delete(step.name)
      }
    },
  }
}
