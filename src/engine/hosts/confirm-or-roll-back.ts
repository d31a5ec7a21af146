import type {Clock} from '../../domain/clock.ts'
import {hostLost, isUnreachable, KadmError} from '../../domain/errors.ts'
import type {Host, Reached} from '../../remote/host.ts'
import type {CommitConfirm} from '../../resources/core/kind.ts'
import {runFenced} from '../lease/fence.ts'
import type {Lease} from '../lease/lease.ts'

export interface Proving {
  readonly host: Host
  readonly fence: number
  /** The host keeps the lease alive while it tries a change; not there where nobody watches over silence. */
  readonly lend?: Lease['lend'] | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly progress: (message: string) => void
  readonly warn: (message: string) => void
}

/** How long a machine may take to make the change, and to take it back. */
const CHANGE_MS = 150_000
const LOGIN_MS = 30_000
/** A starved machine is slow to start a shell; that a line is cut shows sooner, by its silence. */
const ANSWER_MS = 60_000
const PAUSE_MS = 2000
/** Logins before the change would only be cut by it. */
const BEGIN_MS = 3000

/**
 * Logs in again until the host reports that it applied the change, then a second time to prove that logins
 * work after the change; then confirms the change. Rejects when the host has rolled it back.
 */
export const confirmOrRollBack = (trial: CommitConfirm, proving: Proving): Promise<void> =>
  proving.lend === undefined ? tryOut(trial, proving) : proving.lend(() => tryOut(trial, proving))

async function tryOut(trial: CommitConfirm, proving: Proving): Promise<void> {
  const {host, clock, signal, progress} = proving
  progress(
    `trying ${trial.what}: kadm keeps it if a new login works; otherwise the host reverts it within ${String(trial.seconds)} s`,
  )
  const until = clock.now() + trial.seconds * 1000 + 2 * CHANGE_MS
  let wasApplied = false
  let reached: Reached | undefined
  let refused: unknown
  await clock.sleep(BEGIN_MS, signal)
  while (clock.now() < until) {
    try {
      reached = await host.renew?.(trial.addresses, {signal, timeoutMs: LOGIN_MS})
      const said = wasApplied
        ? await confirm(trial, proving)
        : await host.read(trial.stage.text, {signal, timeoutMs: ANSWER_MS})
      if (said.startsWith('reverted ')) throw wentBack(trial, host.name, said, refused)
      if (said.startsWith('kept')) {
        tellMoved(reached, proving)
        return
      }
      if (said.startsWith('applied')) {
        wasApplied = true
        continue
      }
    } catch (error) {
      // A line that is cut is what a trial is for; only the host itself knows how it ended.
      if (!isUnreachable(error) && !(error instanceof KadmError && error.code === 'timeout')) throw error
      refused = error
    }
    await clock.sleep(PAUSE_MS, signal)
    if (signal.aborted) throw cancelled(trial, host.name)
  }
  throw lost(trial, host.name, refused)
}

async function confirm(trial: CommitConfirm, {host, fence, signal}: Proving): Promise<string> {
  const result = await runFenced(host, fence, trial.confirm, {signal, timeoutMs: ANSWER_MS})
  if (result.code === 0) return result.stdout
  throw new KadmError('remote', `could not keep ${trial.what}`, {
    host: host.name,
    evidence: result.stderr,
    hint: 'fix the errors above and run the same command again',
  })
}

/** The address of the file is where the next run dials. */
function tellMoved(reached: Reached | undefined, {warn}: Proving): void {
  if (reached?.hasMoved === true) warn(`the host is now at ${reached.address}: set this as its ssh address in the file`)
}

function wentBack({what}: CommitConfirm, host: string, said: string, refused: unknown): KadmError {
  const [first = '', ...rest] = said.trim().split('\n')
  const login = refused instanceof KadmError ? [`the last login that failed: ${refused.message}`] : []
  return new KadmError(
    'remote',
    `${what} failed, and the host reverted the change: ${first.replace('reverted ', '')}`,
    {
      host,
      hint: 'correct the network section of this host in the file, then run the same command again',
      evidence: [...login, ...rest].join('\n'),
      cause: refused,
    },
  )
}

const cancelled = ({what, seconds}: CommitConfirm, host: string): KadmError =>
  new KadmError('cancelled', `interrupted; the host reverts ${what} by itself within ${String(seconds)} s`, {
    host,
    hint: 'wait that long, then run the same command again',
  })

const lost = ({what, addresses}: CommitConfirm, host: string, cause: unknown): KadmError =>
  hostLost(host, `cannot reach the host any more, although it should have reverted ${what} by itself`, {
    cause,
    evidence: cause instanceof Error ? cause.message : undefined,
    hint: `check its console; kadm tried the previous address and ${addresses.join(', ')}`,
  })
