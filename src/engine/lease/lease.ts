import type {Clock} from '../../domain/clock.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Sink} from '../../domain/events.ts'
import type {Host} from '../../remote/host.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {throughCuts} from '../../remote/reconnect/come-back.ts'
import type {Script} from '../../remote/shell/shell.ts'
import {runFenced} from './fence.ts'
import {startHeartbeat, type Heartbeat} from './heartbeat.ts'
import {heldError, type Held, type Holder} from './held.ts'
import {giveBack, HELD, takeScript} from './lease-scripts.ts'
import {instead} from '../schedule/stopped.ts'

const GIVE_BACK_MS = 20_000

export interface LeaseOptions {
  readonly holder: Holder
  /** Takes the lease even if another run holds it. */
  readonly takeLease: boolean
  readonly random: (bytes: number) => Buffer
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called when a machine does not accept a heartbeat of the run. */
  readonly emit?: Sink | undefined
}

export interface Lease extends Pick<Heartbeat, 'taken' | 'lost' | 'confirm' | 'lend'> {
  /** Random, so that no other lease has the same number, even after a reset. */
  readonly fence: number
  /** Stops the heartbeat and releases the lease, after it ran `last` under the lease. */
  readonly release: (last?: Script) => Promise<void>
  /**
   * Stops the heartbeat and runs the script that removes the lease with all other files of kadm; if that fails,
   * the caller must still release the lease.
   */
  readonly forget: (script: Script) => Promise<void>
}

/**
 * 52 bits, a decimal number of at most 16 digits: kadm 0.1.0 increments the number in the file with shell
 * arithmetic.
 */
const newFence = (random: LeaseOptions['random']): number => Number((1n << 51n) | (random(8).readBigUInt64BE() >> 13n))

class HeldByOther extends KadmError {
  readonly held: Held
  constructor(held: Held, evidence: string) {
    const {code, message, host, hint} = heldError([held])
    super(code, message, {host, hint, evidence})
    this.held = held
  }
}

/**
 * Takes the lease of the host with a unique number. Rejects with `lease` while another run holds it and is
 * alive; replaces a holder that has certainly ended, or that was silent for 45 s.
 */
export async function takeLease(host: Host, options: LeaseOptions): Promise<Lease> {
  const {clock, emit} = options
  const fence = newFence(options.random)
  const again = {isFirst: true}
  await throughCuts(() => write(host, fence, options, again), options)
  const warn = (message: string): void => emit?.({type: 'warning', host: host.name, message, at: clock.now()})
  return leaseOf(host, fence, startHeartbeat({host, fence, clock, warn}))
}

/** Writes the lease on the host. When the answer to the first attempt was lost, the run may hold it already. */
async function write(
  host: Host,
  fence: number,
  {signal, holder, takeLease: force}: LeaseOptions,
  again: {isFirst: boolean},
): Promise<void> {
  const isOver = (held: string): boolean => holder.isGone(held) || (!again.isFirst && held === holder.text)
  const taking = {holder: holder.text, fence, force, gone: ''}
  try {
    let result = await host.run(takeScript(taking).text, {signal})
    const [held = '', age = '0'] = result.stdout.split('\n')
    if (result.code === HELD && held !== '' && isOver(held))
      result = await host.run(takeScript({...taking, gone: held}).text, {signal})
    if (result.code === HELD)
      throw new HeldByOther({host: host.name, holder: held, ageSeconds: Number(age)}, result.stderr)
    if (result.code !== 0)
      throw new KadmError('remote', 'could not take the lock on the host', {host: host.name, evidence: result.stderr})
  } finally {
    again.isFirst = false
  }
}

function leaseOf(host: Host, fence: number, heart: Heartbeat): Lease {
  let isOver = false
  return {
    fence,
    taken: heart.taken,
    lost: heart.lost,
    confirm: heart.confirm,
    lend: heart.lend,
    release: async last => {
      heart.stop()
      if (isOver) return
      isOver = true
      await host.run(giveBack(fence, last).text, {timeoutMs: GIVE_BACK_MS}).catch(() => undefined)
    },
    forget: async script => {
      heart.stop()
      const {code, stderr} = await runFenced(host, fence, script, {})
      if (code !== 0)
        throw new KadmError('remote', "could not remove kadm's folders", {host: host.name, evidence: stderr})
      isOver = true
    },
  }
}

/**
 * Does the work while this run holds the lease of every host; always releases every lease it took. The signal
 * passed to the work fires when another run takes over a lease; the result is then that one error.
 */
export async function withLeases<T>(
  hosts: readonly Host[],
  options: LeaseOptions,
  work: (leases: readonly Lease[], signal: AbortSignal) => Promise<T>,
  atEnd?: Script,
): Promise<T> {
  const taken: Lease[] = []
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  let last: Script | undefined
  try {
    const leases = await onEach(hosts, MACHINES_AT_ONCE, async host => {
      const lease = await takeLease(host, options)
      taken.push(lease)
      lease.taken.addEventListener('abort', () => stop.abort(lease.taken.reason))
      return lease
    }).catch((error: unknown) => {
      throw toldOnce(error)
    })
    const result = await work(leases, signal)
    last = atEnd
    return result
  } catch (error) {
    throw instead(error, stop.signal)
  } finally {
    await Promise.allSettled(taken.map(lease => lease.release(last)))
  }
}

/** One error for all machines that other runs hold, beside those with other troubles. */
function toldOnce(error: unknown): unknown {
  const all: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
  const held = all.filter(one => one instanceof HeldByOther)
  if (held.length < 2) return error
  const others = all.filter(one => !(one instanceof HeldByOther))
  const once = heldError(held.map(one => one.held))
  if (others.length === 0) return once
  return new AggregateError(
    [once, ...others],
    [once, ...others].map(one => (one instanceof Error ? one.message : String(one))).join('\n'),
  )
}
