import {KadmError} from '../../domain/errors.ts'
import {errorsOf} from '../../ui/exit-code.ts'

/** What the second Ctrl-C does, and how the first is announced. */
export interface InterruptActions {
  readonly say: (line: string) => void
  readonly leave: () => void
}

export interface Interrupt {
  readonly signal: AbortSignal
  /** What a signal handler calls. */
  readonly interrupt: () => void
}

/** The first Ctrl-C lets what runs come to a clean stop, the second leaves at once. */
export function newInterrupt({say, leave}: InterruptActions): Interrupt {
  const controller = new AbortController()
  return {
    signal: controller.signal,
    interrupt: () => {
      if (controller.signal.aborted) {
        leave()
        return
      }
      say('stopping; press Ctrl-C again to leave at once')
      controller.abort(
        new KadmError('cancelled', 'the run was stopped before its end', {
          hint: 'what is done stays done; run the same command again and it goes on from there',
        }),
      )
    },
  }
}

/** After Ctrl-C: every lane that ended because of it is told once, with how to go on; what failed for other reasons stays. */
export function asStopped(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return error
  const others = errorsOf(error).filter(
    one =>
      !(one instanceof KadmError && one.code === 'cancelled') && !(one instanceof Error && one.name === 'AbortError'),
  )
  const reason: unknown = signal.reason
  return others.length === 0 ? reason : new AggregateError([...others, reason])
}
