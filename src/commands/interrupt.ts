import {KadmError} from '../domain/errors.ts'

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
