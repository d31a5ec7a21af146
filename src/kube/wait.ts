import type {Clock} from '../domain/clock.ts'
import {KadmError} from '../domain/errors.ts'
import {AWAY_MS} from '../remote/reconnect/come-back.ts'

export interface WaitOptions {
  /** The object of 'waiting for' in messages: `the API server to answer`. */
  readonly what: string
  /** The time limit, from now. */
  readonly deadlineMs: number
  readonly intervalMs: number
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  readonly host?: string | undefined
  readonly hint?: string | undefined
  /**
   * Called before each look; makes sure that the machine is connected (`Host.reach`), because a look may not
   * use that connection.
   */
  readonly reach?: (() => Promise<void>) | undefined
  /** Called each time the observed state changes. */
  readonly onSeen?: ((seen: string) => void) | undefined
}

/** The result of one look: the expected value, or the observed state in a few words. */
export type Look<T> = {readonly value: T} | {readonly seen: string}

/**
 * Looks again and again until the value is there. Failures to reach what is looked at and timeouts count as something seen. A machine
 * whose connection was lost is dialled again, with every look, for the rest of the wait but not for longer than `AWAY_MS`; then the
 * wait ends with `host-lost`. Any other error ends the wait. Rejects with `timeout`, what was waited for and the last thing seen, or
 * with `cancelled`.
 */
export async function waitFor<T>(options: WaitOptions, look: () => Promise<Look<T>>): Promise<T> {
  const {clock, signal} = options
  const end = clock.now() + options.deadlineMs
  let last = 'nothing yet'
  let lostAt: number | undefined
  for (;;) {
    if (signal?.aborted === true) throw cancelled(options)
    const began = clock.now()
    const found = await lookOnce(options, look)
    if ('value' in found) return found.value
    if (found.seen !== last) options.onSeen?.(found.seen)
    last = found.seen
    const now = clock.now()
    lostAt = found.lost === undefined ? undefined : (lostAt ?? began)
    // A server that answers slowly is busy: the next look waits as long as the last one took.
    const pause = Math.max(options.intervalMs, now - began)
    const isOver = now + options.intervalMs > end
    if (found.lost !== undefined && (isOver || now - (lostAt ?? now) >= AWAY_MS)) throw stillLost(options, found.lost)
    if (isOver) throw timedOut(options, found)
    await clock.sleep(Math.min(pause, end - now), signal)
  }
}

interface Seen {
  readonly seen: string
  readonly cause?: unknown
  /** The connection to a machine is lost. */
  readonly lost?: KadmError
}

async function lookOnce<T>({reach}: WaitOptions, look: () => Promise<Look<T>>): Promise<{readonly value: T} | Seen> {
  try {
    await reach?.()
    return await look()
  } catch (error) {
    if (!(error instanceof KadmError)) throw error
    if (error.code === 'host-lost')
      return {seen: `${error.host ?? 'a machine'}: ${error.message}; trying to reconnect`, lost: error}
    if (error.code !== 'connect' && error.code !== 'timeout') throw error
    return {seen: error.message, cause: error}
  }
}

const timedOut = ({what, deadlineMs, host, hint}: WaitOptions, {seen, cause}: Seen): KadmError =>
  new KadmError('timeout', `waited ${String(Math.round(deadlineMs / 1000))} s for ${what}; last seen: ${seen}`, {
    host,
    hint,
    cause,
  })

const stillLost = ({what, host}: WaitOptions, lost: KadmError): KadmError =>
  new KadmError('host-lost', `${lost.message} (while waiting for ${what})`, {
    host: lost.host ?? host,
    hint: lost.hint,
    evidence: lost.evidence,
    cause: lost,
  })

const cancelled = (options: WaitOptions): KadmError =>
  new KadmError('cancelled', `cancelled while waiting for ${options.what}`, {host: options.host})
