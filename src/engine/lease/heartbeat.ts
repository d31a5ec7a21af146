import type {Clock} from '../../domain/clock.ts'
import {KadmError} from '../../domain/errors.ts'
import {lostOf} from '../../remote/reconnect/come-back.ts'
import type {Host} from '../../remote/host.ts'
import {leaseLost} from './fence.ts'
import {beatScript, STALE_SECONDS} from './lease-scripts.ts'

const BEAT_MS = 10_000
/** How soon a computer that was suspended, or a process that was stopped, notices it, by the wall clock. */
const TICK_MS = 1000
/** An overloaded machine is slow to start a shell; a lost connection is detected sooner. */
const ANSWER_MS = 60_000
/** Longer than the wait for a lost connection; everything that continues before that checks the fence first. */
const SILENCE_SECONDS = 120
/** A lease that was confirmed within this time is not checked again. */
const FRESH_MS = 3000

export interface HeartbeatOptions {
  readonly host: Host
  readonly fence: number
  readonly clock: Clock
  /** Called once when the machine does not accept a heartbeat, before other runs may consider this run dead. */
  readonly warn: (message: string) => void
}

export interface Heartbeat {
  /** Fires with the `lease` error when another run holds the lease, or when no run holds it. */
  readonly taken: AbortSignal
  /**
   * Also fires with the `lease` error when the machine was silent for so long that the run can no longer claim
   * the lease.
   */
  readonly lost: AbortSignal
  /**
   * Checks on the host whether this run still holds the lease, unless that was just confirmed. Rejects when it
   * does not, or when the host cannot be reached.
   */
  readonly confirm: () => Promise<void>
  /** While the host itself keeps the lease alive, as during a commit-confirm of its network, silence does not count. */
  readonly lend: <T>(work: () => Promise<T>) => Promise<T>
  readonly stop: () => void
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const noSignOfLife = (error: unknown): string =>
  `could not renew the lock on the host (${reasonOf(error)}); another run may take it over after ${String(STALE_SECONDS)} s`

const silent = (host: string, cause: unknown): KadmError =>
  new KadmError('lease', `the lock on the host has expired: kadm could not renew it for ${String(SILENCE_SECONDS)} s`, {
    host,
    cause,
    evidence: reasonOf(cause),
    hint: 'check that you can reach the machine, then run the same command again',
  })

/** Undefined when the run still holds the lease, otherwise the error; rejects when the machine does not answer. */
async function askWhetherHeld(host: Host, fence: number, signal: AbortSignal): Promise<KadmError | undefined> {
  const {stdout, stderr, code} = await host.run(beatScript(fence).text, {timeoutMs: ANSWER_MS, signal})
  if (stdout.startsWith('held')) return undefined
  if (!stdout.startsWith('lost'))
    throw new KadmError('remote', `exit code ${String(code)}: ${stderr.trim()}`, {host: host.name})
  const holder = stdout.slice('lost'.length).trim()
  return leaseLost(host.name, holder === '' ? 'the lock was released, or the machine was reset' : `held by ${holder}`)
}

/** Renews the lease every ten seconds, which also shows the run that it still holds the lease. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const {clock} = options
  const now = clock.now()
  const over = new AbortController()
  const taken = new AbortController()
  const silence = new AbortController()
  const lost = AbortSignal.any([taken.signal, silence.signal])
  const beating: Beating = {
    over,
    taken,
    silence,
    lost,
    state: {begunAt: now, heldAt: now, silentSince: now, failures: 0, lent: 0},
  }
  const {state} = beating
  void keepBeating(beating, options)
  return {
    taken: taken.signal,
    lost,
    confirm: async () => {
      lost.throwIfAborted()
      if (isPast(clock, state.heldAt, FRESH_MS)) await beat(beating, options)
    },
    lend: async work => {
      state.lent++
      try {
        return await work()
      } finally {
        state.lent--
        state.silentSince = clock.now()
      }
    },
    stop: () => over.abort(),
  }
}

/** The state of one heartbeat; times are of the wall clock, in milliseconds. */
interface Beating {
  readonly over: AbortController
  readonly taken: AbortController
  readonly silence: AbortController
  readonly lost: AbortSignal
  readonly state: {begunAt: number; heldAt: number; silentSince: number; failures: number; lent: number}
}

/** Also when the wall clock was set back before that time, because the age is then unknown. */
const isPast = (clock: Clock, since: number, ms: number): boolean => !(clock.now() >= since && clock.now() < since + ms)

async function beat({over, taken, lost, state}: Beating, {host, fence, clock}: HeartbeatOptions): Promise<void> {
  const began = clock.now()
  state.begunAt = began
  const loss = await askWhetherHeld(host, fence, over.signal)
  if (over.signal.aborted) return
  if (loss !== undefined) taken.abort(loss)
  lost.throwIfAborted()
  Object.assign(state, {heldAt: began, silentSince: began, failures: 0})
}

function noteFailure(error: unknown, beating: Beating, {host, clock, warn}: HeartbeatOptions): void {
  const {over, silence, lost, state} = beating
  if (over.signal.aborted || lost.aborted || state.lent > 0) return
  // The time limit of a request that was in progress when the process was stopped proves nothing; the next
  // answer does.
  state.begunAt = 0
  state.failures++
  const isOverdue = state.failures > 1 && clock.now() - state.silentSince > SILENCE_SECONDS * 1000
  // A lost machine ends its own work with its own error; when it is back, the next answer shows whether the
  // run still holds the lease.
  if (isOverdue && lostOf(error) === undefined) silence.abort(silent(host.name, error))
  else if (state.failures === 1) warn(noSignOfLife(error))
}

async function keepBeating(beating: Beating, options: HeartbeatOptions): Promise<void> {
  const {over, lost, state} = beating
  const {clock} = options
  const isOver = (): boolean => over.signal.aborted || lost.aborted
  while (!isOver()) {
    await clock.sleep(TICK_MS, over.signal)
    if (!isOver() && isPast(clock, state.begunAt, BEAT_MS))
      await beat(beating, options).catch((error: unknown) => noteFailure(error, beating, options))
  }
}
