import {setTimeout as sleep} from 'node:timers/promises'
import type {Client, ClientChannel} from 'ssh2'
import {hostLost, KadmError} from '../../domain/errors.ts'
import {semaphore} from './semaphore.ts'
import {commandLine} from '../supervisor/remote-supervisor.ts'
import {exitCode} from '../local-host.ts'
import type {StartCommand, RunningCommand} from '../supervisor/running-command.ts'
import {openFailure, type Through} from './ssh-forward.ts'

/** sshd allows ten sessions a connection unless MaxSessions says less; two stay free for ending what must stop. */
const MOST_CHANNELS = 8
const OPEN_TRIES = 20

/** Opens sessions on a client until `gone` fires. */
export const sessionsOn = (client: Client, host: string, gone: AbortSignal): StartCommand => {
  const slots = semaphore(MOST_CHANNELS)
  return async (words, {signal, urgent}) => {
    const line = commandLine(words)
    for (let tries = 1; ; tries++) {
      const release = urgent === true ? () => undefined : await takeSlot(signal)
      try {
        const channel = await exec({client, host, gone}, line)
        return sessionOf(channel, host, gone, release)
      } catch (cause) {
        const alone = slots.used() <= 1
        if (openFailure(cause) !== undefined && !alone) slots.shrink()
        release()
        if (cause instanceof KadmError) throw cause
        if (openFailure(cause) === undefined || tries === OPEN_TRIES) throw noChannel(host, cause)
        if (alone) await sleep(50)
      }
    }
  }

  async function takeSlot(signal: AbortSignal | undefined): Promise<() => void> {
    try {
      return await slots.take(signal === undefined ? gone : AbortSignal.any([signal, gone]))
    } catch (cause) {
      if (cause instanceof KadmError) throw cause
      throw new KadmError('cancelled', 'a command was not started because the run was cancelled', {host, cause})
    }
  }
}

const noChannel = (host: string, cause: unknown): KadmError =>
  new KadmError('connect', 'the SSH server refused to open a session', {
    host,
    hint: 'check MaxSessions and ForceCommand in /etc/ssh/sshd_config on the host',
    evidence: cause instanceof Error ? cause.message : String(cause),
    cause,
  })

const exec = ({client, host, gone}: Through & {readonly gone: AbortSignal}, line: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    gone.throwIfAborted()
    const whenGone = (): void => reject(gone.reason instanceof Error ? gone.reason : new Error('gone'))
    gone.addEventListener('abort', whenGone, {once: true})
    try {
      client.exec(line, (cause, channel) => {
        gone.removeEventListener('abort', whenGone)
        if (cause !== undefined) reject(cause)
        else resolve(channel)
      })
    } catch (cause) {
      // ssh2 throws for a connection that is ending, some time before its 'close' event.
      gone.removeEventListener('abort', whenGone)
      reject(
        hostLost(host, `the connection was lost: ${cause instanceof Error ? cause.message : String(cause)}`, {cause}),
      )
    }
  })

const sessionOf = (channel: ClientChannel, host: string, gone: AbortSignal, release: () => void): RunningCommand => {
  const givenUp = new AbortController()
  const ended = new Promise<number>((resolve, reject) => {
    const silent = (): void =>
      reject(hostLost(host, 'a command ended without an exit code; the machine may be shutting down'))
    givenUp.signal.addEventListener('abort', silent, {once: true})
    const whenGone = (): void => reject(gone.reason instanceof Error ? gone.reason : new Error('gone'))
    if (gone.aborted) whenGone()
    gone.addEventListener('abort', whenGone, {once: true})
    channel.on('error', () => undefined)
    channel.once('close', (code?: number | null, killedBy?: string) => {
      gone.removeEventListener('abort', whenGone)
      if (typeof code === 'number' || killedBy !== undefined) resolve(exitCode(code, killedBy))
      else silent()
    })
  }).finally(release)
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    hangUp: () => channel.eof(),
    ended,
    // sshd keeps a closed channel open until its command reads what was sent, so its word is not waited for.
    abandon: () => {
      channel.close()
      givenUp.abort()
    },
  }
}
