import {KadmError} from '../../domain/errors.ts'
import {SHELL_FILES} from './sudo-trouble.ts'

/** What became of a command that only answers, run beside a script that does not begin. */
export type Probe = 'answered' | 'ended' | 'silent'

/** The same command with its input open, as for a script, and closed at once. */
export interface Probes {
  readonly open: Probe
  readonly closed: Probe
}

export interface Silence {
  readonly host: string
  readonly user: string
  readonly usesSudo: boolean
  /** What came instead of the script's output. */
  readonly said: string
}

/** Why a script does not begin, where two probes prove it; undefined where the machine may only be slow. */
export function shellTrouble({host, user, said}: Silence, probes: Probes): KadmError | undefined {
  const {open, closed} = probes
  if (open !== 'silent') return undefined
  const fail = (message: string): KadmError =>
    new KadmError('connect', message, {host, hint: SHELL_FILES, evidence: evidenceOf(said, probes)})
  if (closed === 'answered')
    return fail(`a startup file of ${user}'s login shell reads the standard input of the commands that it runs`)
  if (closed === 'ended')
    return fail(`a startup file of ${user}'s login shell starts another program instead of the command`)
  return undefined
}

/** Nothing proves why, and it took too long. */
export function noShell(silence: Silence, probes: Probes | undefined, seconds: number): KadmError {
  const {host, user, usesSudo, said} = silence
  const within = `within ${String(seconds)} s`
  const evidence = evidenceOf(said, probes)
  if (probes?.open === 'answered' && usesSudo)
    return new KadmError('connect', `sudo did not start a shell for ${user} ${within}`, {
      host,
      hint: `run 'ssh ${user}@HOST sudo -n true' and see how long it takes: sudo may wait for name resolution, a directory service or its log`,
      evidence,
    })
  return new KadmError('connect', `the login shell of ${user} did not start ${within}`, {
    host,
    hint: `the machine is very slow, or a startup file of the login shell waits for something: run 'ssh ${user}@HOST true' to see how long it takes, and ${SHELL_FILES}`,
    evidence,
  })
}

const WORDS: Readonly<Record<Probe, string>> = {
  answered: 'answered',
  ended: 'ended without running',
  silent: 'did not answer',
}

const evidenceOf = (said: string, probes: Probes | undefined): string =>
  [
    ...(said.trim() === '' ? [] : [said.trim()]),
    ...(probes === undefined
      ? []
      : [`'echo' with its input open: ${WORDS[probes.open]}`, `'echo' with its input closed: ${WORDS[probes.closed]}`]),
  ].join('\n')
