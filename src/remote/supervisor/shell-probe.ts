import {setTimeout as sleep} from 'node:timers/promises'
import {ECHO, ECHOED} from './remote-supervisor.ts'
import type {Probe, Probes} from './login-shell.ts'
import type {StartCommand, RunningCommand} from './running-command.ts'

/** No answer to the easier probe for so long says nothing: the machine may be slow. */
const PATIENCE_MS = 20_000
/** Once the easier probe has answered, the other one has this long, and three times what that took. */
const LEAST_MS = 3000

/** Runs a command that only answers, with its input open and with its input closed, side by side. */
export async function probeShell(open: StartCommand): Promise<Probes> {
  const began = performance.now()
  const over = new AbortController()
  const sessions: RunningCommand[] = []
  const start = async (isClosed: boolean): Promise<Probe> => {
    const session = await open(ECHO, {urgent: true})
    if (over.signal.aborted) session.abandon()
    sessions.push(session)
    session.stdin.on('error', () => undefined)
    if (isClosed) session.hangUp()
    return await answerOf(session)
  }
  const unheard = async (ms: number): Promise<Probe> => {
    await sleep(ms, undefined, {signal: over.signal, ref: false}).catch(() => undefined)
    return 'silent'
  }
  const first = start(false).catch((): Probe => 'silent')
  const closed = await Promise.race([start(true).catch((): Probe => 'silent'), unheard(PATIENCE_MS)])
  const rest = closed === 'silent' ? 0 : Math.max(LEAST_MS, 3 * (performance.now() - began))
  const answer = await Promise.race([first, unheard(rest)])
  over.abort()
  sessions.forEach(session => session.abandon())
  return {open: answer, closed}
}

async function answerOf(session: RunningCommand): Promise<Probe> {
  const answered = new Promise<Probe>(resolve => {
    let text = ''
    session.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (text.includes(ECHOED)) resolve('answered')
    })
    session.stderr.resume()
  })
  const ended = session.ended.then(
    (): Probe => 'ended',
    (): Probe => 'silent',
  )
  return await Promise.race([answered, ended])
}
