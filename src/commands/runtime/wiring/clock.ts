import type {Clock} from '../../../domain/clock.ts'

/** The clock of this machine. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise(resolve => {
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, {once: true})
      if (signal?.aborted === true) done()
      function done(): void {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
    }),
}
