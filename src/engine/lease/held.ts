import {KadmError} from '../../domain/errors.ts'
import type {Facts} from '../../domain/facts.ts'
import {STALE_SECONDS} from './lease-scripts.ts'

/** The holder of a lease, so that kadm can tell a run that was killed from a running one: `user@machine pid start`. */
export interface Holder {
  readonly text: string
  /** Whether the named holder has certainly ended: same machine, and the process does not exist. */
  readonly isGone: (text: string) => boolean
}

/** A machine whose lease is held by another run. */
export interface Held {
  readonly host: string
  /** Empty when a script of an ended run still runs. */
  readonly holder: string
  /** Seconds since the last heartbeat. */
  readonly ageSeconds: number
}

/** Of a machine whose lease another run holds that may be alive. */
export function heldBy(host: string, {lease}: Pick<Facts, 'lease'>, self: Holder): Held | undefined {
  if (lease === undefined || lease.holder === self.text || self.isGone(lease.holder)) return undefined
  return lease.ageSeconds < STALE_SECONDS ? {host, ...lease} : undefined
}

/** One line for each holder, with its machines. */
export function whoHolds(held: readonly Held[]): readonly string[] {
  const holders = [...new Set(held.map(({holder}) => holder))]
  return holders.map(holder => {
    const theirs = held.filter(one => one.holder === holder)
    const age = Math.max(0, Math.min(...theirs.map(({ageSeconds}) => ageSeconds)))
    const who = holder === '' ? 'one of its scripts is still running' : `${holder}, last seen ${String(age)} s ago`
    return `on ${theirs.map(({host}) => host).join(', ')}: ${who}`
  })
}

/** Looked up once for all machines. */
export function heldError(held: readonly Held[], evidence?: string): KadmError {
  const [only] = held.length === 1 ? held : []
  return new KadmError('lease', `another kadm run holds the lock ${whoHolds(held).join('; ')}`, {
    host: only?.host,
    evidence,
    hint: `wait for it to end; if you are sure that it is dead, wait ${String(STALE_SECONDS)} s or pass --take-lease`,
  })
}
