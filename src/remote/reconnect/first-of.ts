import {setTimeout as sleep} from 'node:timers/promises'

export interface FirstOf {
  /** How long to wait for the earlier attempts before the next one starts; it starts at once when they have failed. */
  readonly headStartMs: number
  readonly signal: AbortSignal | undefined
}

/**
 * Starts the attempts one after the other and returns the first that succeeds; the rest are cancelled. Rejects
 * with the error of the first attempt when all fail.
 */
export async function firstOf<T>(
  attempts: readonly ((signal: AbortSignal) => Promise<T>)[],
  {headStartMs, signal}: FirstOf,
): Promise<T> {
  const over = new AbortController()
  const stop = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal])
  const running: Promise<T>[] = []
  try {
    for (const attempt of attempts) {
      running.push(attempt(stop))
      const isLast = running.length === attempts.length
      const answer = Promise.any(running).then(value => ({value}))
      const won = await Promise.race([
        answer,
        ...(isLast ? [] : [sleep(headStartMs, undefined, {signal: over.signal})]),
      ])
        // All before have failed, so the next begins.
        .catch(() => undefined)
      if (won !== undefined) return won.value
    }
    return await Promise.any(running)
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  } finally {
    over.abort()
  }
}
