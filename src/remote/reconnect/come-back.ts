import type {Clock} from '../../domain/clock.ts'
import {KadmError} from '../../domain/errors.ts'

/** How long kadm dials a machine again after a lost connection before that is a failure: a reboot takes less. */
export const AWAY_MS = 90_000
/** kadm stops working on a machine whose connection is lost repeatedly. */
const MOST_CUTS = 3
const PAUSE_MS = 1000
/** No attempt that finds the machine away takes as long: silence shows within 20 s, and a login ends within 10 s. */
const AT_WORK_MS = 35_000

export interface Persistence {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Its first error, when lost connections are the only failures. */
export function lostOf(error: unknown): KadmError | undefined {
  if (error instanceof AggregateError) {
    const all = error.errors.map(lostOf)
    return all.every(one => one !== undefined) ? all[0] : undefined
  }
  return error instanceof KadmError && error.code === 'host-lost' ? error : undefined
}

/**
 * Repeats work that a lost connection interrupted, until the machine is back (every call to a host dials again by itself) or has been
 * away for `AWAY_MS`: only for work that is safe to repeat, such as looks.
 */
export async function throughCuts<T>(work: () => Promise<T>, {clock, signal}: Persistence): Promise<T> {
  let cuts = 0
  let lostAt = -Infinity
  for (;;) {
    const began = clock.now()
    try {
      return await work()
    } catch (error) {
      if (lostOf(error) === undefined || signal.aborted) throw error
      const now = clock.now()
      if (cuts === 0 || now - began > AT_WORK_MS) {
        cuts += 1
        lostAt = now
      }
      if (cuts > MOST_CUTS || now - lostAt >= AWAY_MS) throw error
    }
    await clock.sleep(PAUSE_MS, signal)
    if (isStopped(signal)) throw new KadmError('cancelled', 'reconnecting was stopped')
  }
}

const isStopped = ({aborted}: AbortSignal): boolean => aborted
