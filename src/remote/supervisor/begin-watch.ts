import type {KadmError} from '../../domain/errors.ts'
import {noShell, shellTrouble, type Probes, type Silence} from './login-shell.ts'

/** No script began within this time of its command: what the login shell does with a command is looked into. */
const DOUBT_AFTER_MS = 5000
/** On an emulated machine the login shell, sudo and their programs were seen to need some seconds. */
const BEGIN_WITHIN_MS = 45_000

export interface BeginWatch {
  /** The far side listens. */
  readonly now: () => void
  readonly is: () => boolean
  /** Resolves when it does. */
  readonly wait: Promise<unknown>
  /** Stops a script that has not begun; `ms` is how long it had. */
  readonly overdue: (ms: number) => void
}

export interface BeginWatchOptions {
  readonly silence: () => Silence
  readonly probe: () => Promise<Probes>
  readonly later: (ms: number, work: () => void) => void
  readonly stop: (why: KadmError) => void
}

/** Bounds the time until a script begins, which no login shell and no sudo needs long for, and tells why it does not. */
export function watchBegin({silence, probe, later, stop}: BeginWatchOptions): BeginWatch {
  const {promise, resolve} = Promise.withResolvers<undefined>()
  const state = {isBegun: false}
  const is = (): boolean => state.isBegun
  let probes: Probes | undefined
  const doubt = async (): Promise<void> => {
    if (is()) return
    probes = await probe()
    const trouble = shellTrouble(silence(), probes)
    if (!is() && trouble !== undefined) stop(trouble)
  }
  const overdue = (ms: number): void => {
    if (!is()) stop(noShell(silence(), probes, ms / 1000))
  }
  // A probe that fails proves nothing; the limit below still applies.
  later(DOUBT_AFTER_MS, () => void doubt().catch(() => undefined))
  later(BEGIN_WITHIN_MS, () => overdue(BEGIN_WITHIN_MS))
  const now = (): void => {
    state.isBegun = true
    resolve(undefined)
  }
  return {now, is, wait: promise, overdue}
}
