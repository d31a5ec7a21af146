import {KadmError} from '../../domain/errors.ts'
import {errorsOf} from '../../ui/exit-code.ts'

/** How the first Ctrl-C is announced, and what the second one does. */
export interface InterruptActions {
  readonly say: (line: string) => void
  readonly leave: () => void
}

export interface Interrupt {
  readonly signal: AbortSignal
  /** What a signal handler calls. */
  readonly interrupt: () => void
}

/** The first Ctrl-C stops running work cleanly, the second one exits at once. */
export function newInterrupt({say, leave}: InterruptActions): Interrupt {
  const controller = new AbortController()
  return {
    signal: controller.signal,
    interrupt: () => {
      if (controller.signal.aborted) {
        leave()
        return
      }
      say('stopping; press Ctrl-C again to exit now')
      controller.abort(
        new KadmError('cancelled', 'the run was interrupted', {
          hint: 'run the same command again; completed steps are skipped',
        }),
      )
    },
  }
}

/**
 * After Ctrl-C: reports the lanes that it stopped once, with the next step, and keeps all other errors.
 */
export function asStopped(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return error
  const others = errorsOf(error).filter(
    one =>
      !(one instanceof KadmError && one.code === 'cancelled') && !(one instanceof Error && one.name === 'AbortError'),
  )
  const reason: unknown = signal.reason
  return others.length === 0 ? reason : new AggregateError([...others, reason])
}
