import type {Readable, Writable} from 'node:stream'
import {KadmError} from '../../domain/errors.ts'
import {watchBegin} from './begin-watch.ts'
import {collect} from './collect.ts'
import {feed} from './feed.ts'
import type {RunResult} from '../host.ts'
import type {RunningCommand} from './running-command.ts'
import type {Probes, Silence} from './login-shell.ts'
import type {Unbegun} from './sudo-trouble.ts'

const MOST_OUTPUT = 64 * 1024 * 1024
/**
 * A script that reads its stdin stops as soon as stdin ends; after this time, kadm stops any other script over
 * a second channel.
 */
const DEAF_AFTER_MS = 1000
/** The far side kills what ignores TERM after 5 s. */
const GIVE_UP_AFTER_MS = 8000
/** A timer that fires later than this was held up: this process was stopped, or the computer was suspended. */
const HELD_UP_MS = 1000
/** How long what arrived meanwhile may take to be read. */
const READ_WITHIN_MS = 10_000

export interface ScriptRun {
  readonly script: string
  readonly content: Readable | undefined
  readonly length: number | undefined
  readonly output: Writable | undefined
  /** Told of each whole line on stderr as it comes. */
  readonly onStderrLine: ((line: string) => void) | undefined
  readonly password: string | undefined
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number
  /** The first on its connection: nothing is said to a far side that has not shown that it listens, for another program may be there. */
  readonly isFirst: boolean
}

export interface Surroundings {
  readonly host: string
  readonly user: string
  /** Ends a process group by another channel. */
  readonly endGroup: (group: number) => Promise<void>
  readonly usesSudo: boolean
  /** What the login shell makes of a command, tried by other channels. */
  readonly probe: () => Promise<Probes>
  /** Why nothing began, when the command ended. */
  readonly whyUnbegun: (unbegun: Unbegun) => Promise<KadmError>
}

/** Sees one script through on an open session: feeds it, collects its output, bounds it, and ends all of it when it must stop. */
export async function supervise(session: RunningCommand, job: ScriptRun, around: Surroundings): Promise<RunResult> {
  const {host} = around
  const over = new AbortController()
  let failure: KadmError | undefined
  const timers: NodeJS.Timeout[] = []
  const later = (ms: number, work: () => void): void => void timers.push(setTimeout(work, ms))

  const stop = (error: KadmError): void => {
    if (failure !== undefined || over.signal.aborted) return
    failure = error
    over.abort()
    session.hangUp()
    later(DEAF_AFTER_MS, () => {
      const group = stdout.group()
      if (group === undefined) session.abandon()
      else around.endGroup(group).catch(() => undefined)
    })
    later(GIVE_UP_AFTER_MS, session.abandon)
  }
  const tooMuch = (): void =>
    stop(new KadmError('remote', 'a command wrote more than 64 MB of output and was stopped', {host}))
  const cancel = (): void =>
    stop(new KadmError('cancelled', 'a command was stopped because the run was cancelled', {host}))

  const silence = (): Silence => ({...around, said: `${stdout.before()}${stderr.before()}`})
  const begun = watchBegin({silence, probe: around.probe, later, stop})
  const stdout = collect(session.stdout, {limit: MOST_OUTPUT, tooMuch, into: job.output, begun: begun.now})
  const stderr = collect(session.stderr, {limit: MOST_OUTPUT, tooMuch, onStderrLine: job.onStderrLine})
  const outputFailed = (cause: Error): void =>
    stop(new KadmError('remote', `cannot store the output of a command: ${cause.message}`, {host, cause}))
  job.output?.once('error', outputFailed)
  const expire = (): void => {
    begun.overdue(job.timeoutMs)
    stop(timedOut(host, job.timeoutMs, stderr.text()))
  }
  const due = Date.now() + job.timeoutMs
  later(job.timeoutMs, () => (Date.now() > due + HELD_UP_MS ? later(READ_WITHIN_MS, expire) : expire()))
  job.signal?.addEventListener('abort', cancel, {once: true})
  if (job.signal?.aborted === true) cancel()

  try {
    const fed = (job.isFirst ? begun.wait : Promise.resolve()).then(() => feed(session.stdin, job, over.signal))
    fed.catch((cause: unknown) => stop(contentFailed(host, cause)))
    const code = await session.ended
    await flushed(job.output)
    if (failure !== undefined) throw failure
    if (!begun.is()) throw await around.whyUnbegun({said: silence().said, code})
    return {code, stdout: stdout.text(), stderr: stderr.text()}
  } catch (error) {
    throw failure ?? error
  } finally {
    over.abort()
    timers.forEach(timer => clearTimeout(timer))
    job.signal?.removeEventListener('abort', cancel)
    job.output?.off('error', outputFailed)
  }
}

/** Resolves when everything written so far was taken. */
const flushed = async (output: Writable | undefined): Promise<void> => {
  if (output === undefined || output.destroyed) return
  await new Promise<void>(resolve => output.write('', () => resolve()))
}

const timedOut = (host: string, ms: number, evidence: string): KadmError =>
  new KadmError('timeout', `a command took longer than ${String(ms / 1000)} s and was stopped`, {
    host,
    hint: 'see in the output above what the command waited for, then run the same kadm command again',
    evidence: evidence.trim() === '' ? undefined : evidence.trim(),
  })

const contentFailed = (host: string, cause: unknown): KadmError =>
  cause instanceof KadmError
    ? cause
    : new KadmError(
        'remote',
        `cannot read the content to send: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          host,
          cause,
        },
      )
