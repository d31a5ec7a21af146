import type {Clock} from '../domain/clock.ts'
import {KadmError} from '../domain/errors.ts'

export interface WaitOptions {
  /** What is waited for, to follow 'waiting for': `the API server to answer`. */
  readonly what: string
  /** How long, from now. */
  readonly deadlineMs: number
  readonly intervalMs: number
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  readonly host?: string | undefined
  readonly hint?: string | undefined
  /** Told each time that what is seen changes. */
  readonly onSeen?: ((seen: string) => void) | undefined
}

/** What one look found: the value waited for, or what there is instead, in a few words. */
export type Look<T> = {readonly value: T} | {readonly seen: string}

/**
 * Looks again and again until the value is there. Connection failures and timeouts count as something seen;
 * any other error ends the wait. Rejects with `timeout`, what was waited for and the last thing seen, or with `cancelled`.
 */
export async function waitFor<T>(options: WaitOptions, look: () => Promise<Look<T>>): Promise<T> {
  const {what, clock, signal} = options
  const end = clock.now() + options.deadlineMs
  let last = 'nothing yet'
  let cause: unknown
  for (;;) {
    if (signal?.aborted === true) throw cancelled(options)
    const began = clock.now()
    const found = await lookOnce(look)
    if ('value' in found) return found.value
    cause = found.cause
    if (found.seen !== last) options.onSeen?.(found.seen)
    last = found.seen
    // Whoever answers slowly has enough to do: he is left alone for as long as the look took.
    const pause = Math.max(options.intervalMs, clock.now() - began)
    if (clock.now() + options.intervalMs > end) break
    await clock.sleep(Math.min(pause, end - clock.now()), signal)
  }
  const seconds = Math.round(options.deadlineMs / 1000)
  throw new KadmError('timeout', `waited ${seconds} s for ${what}; last seen: ${last}`, {
    host: options.host,
    hint: options.hint,
    cause,
  })
}

async function lookOnce<T>(
  look: () => Promise<Look<T>>,
): Promise<{readonly value: T} | {readonly seen: string; readonly cause?: unknown}> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof KadmError) || (error.code !== 'connect' && error.code !== 'timeout')) throw error
    return {seen: error.message, cause: error}
  }
}

const cancelled = (options: WaitOptions): KadmError =>
  new KadmError('cancelled', `cancelled while waiting for ${options.what}`, {host: options.host})
