import type {Clock} from './clock.ts'
import {KadmError} from './errors.ts'
import type {Sink} from './events.ts'

/** Who listens, and by which clock. */
export interface Reporting {
  readonly emit: Sink
  readonly clock: Clock
}

/** The phase that is reported, and the host that it works on. */
export interface About {
  readonly host: string
  readonly phase: string
  readonly title: string
}

/**
 * Reports that a phase started, and that it is done or failed, with its time in milliseconds. `changesOf` says what the result counts as;
 * undefined for a phase that changes nothing by its nature.
 */
export async function reportPhase<T>(
  to: Reporting,
  about: About,
  work: (progress: (message: string) => void) => Promise<T>,
  changesOf: (result: T) => number | undefined,
): Promise<T> {
  const {emit, clock} = to
  const {host, phase} = about
  const started = clock.now()
  emit({type: 'phase-started', ...about, at: started})
  try {
    const result = await work(message => emit({type: 'phase-progress', host, phase, message, at: clock.now()}))
    const at = clock.now()
    emit({type: 'phase-done', ...about, changes: changesOf(result), durationMs: at - started, at})
    return result
  } catch (thrown) {
    throw reportFailure(to, about, started, thrown)
  }
}

/** Reports that a phase failed, also one that never started, and gives the failure back. */
export function reportFailure({emit, clock}: Reporting, about: About, started: number, thrown: unknown): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const hint = error instanceof KadmError ? error.hint : undefined
  const at = clock.now()
  emit({type: 'phase-failed', ...about, error: error.message, hint, durationMs: at - started, at})
  return error
}
