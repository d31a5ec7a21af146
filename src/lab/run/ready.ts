import {readFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {KadmError, type ErrorDetails} from '../../domain/errors.ts'
import {crowdedWatchers} from '../drivers/inotify.ts'
import {run} from '../drivers/program.ts'
import {LOGIN_USER} from '../image/rootfs.ts'

export interface Door {
  readonly name: string
  readonly address: string
  readonly keyFile: string
  readonly knownHostsFile: string
  /** Where the machine's console is written. */
  readonly consoleFile: string
  /** Whether waiting still makes sense. */
  readonly isAlive: () => Promise<boolean>
}

const POLL_MS = 50
const CONSOLE_LINES = 15
const CONNECT_MS = 1_000
/** Its handshake counts too, and takes an emulated machine on a busy computer long; tries that are cut off only add to its work. */
const LOGIN_TIMEOUT = 'ConnectTimeout=30'

/** The arguments with which the system's ssh client gets into a lab machine. */
export const sshArguments = (door: Pick<Door, 'address' | 'keyFile' | 'knownHostsFile'>): readonly string[] => [
  ...['-i', door.keyFile, '-o', 'IdentitiesOnly=yes', '-o', `UserKnownHostsFile=${door.knownHostsFile}`],
  ...['-o', 'GlobalKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=yes', '-F', '/dev/null'],
  `${LOGIN_USER}@${door.address}`,
]

/** A machine's process ended before the machine took a login. */
export class EndedWhileBooting extends KadmError {}

/**
 * Starts a machine and waits for its login, and starts it again when it ended before that: an emulated VM was seen to end a few
 * seconds after its start, for a reason that was not found. `note` gets what the first one left on its console.
 */
export async function startUntilLogin(
  start: () => Promise<void>,
  wait: () => Promise<void>,
  note: (message: string) => void,
): Promise<void> {
  await start()
  try {
    await wait()
    return
  } catch (error) {
    if (!(error instanceof EndedWhileBooting)) throw error
    note(`${error.message} and is started again; its console ended with:\n${error.evidence ?? ''}`)
  }
  await start()
  await wait()
}

/** Waits until a login works; an open port alone comes seconds before. */
export async function waitForLogin(door: Door, limitMs: number, signal?: AbortSignal): Promise<void> {
  const end = Date.now() + limitMs
  let last = 'its SSH port is not open'
  while (Date.now() < end) {
    signal?.throwIfAborted()
    if (await isOpen(door.address)) {
      const login = await run('ssh', ['-o', 'BatchMode=yes', '-o', LOGIN_TIMEOUT, ...sshArguments(door), 'true'], {
        signal,
      })
      if (login.code === 0) return
      last = login.stderr.trim()
    }
    await sleep(POLL_MS, undefined, {signal})
    if (!(await door.isAlive()))
      throw new EndedWhileBooting('remote', `machine ${door.name} ended while it booted`, await consoleOf(door, ''))
  }
  const what = `did not accept a login within ${String(limitMs / 1000)} s`
  throw new KadmError('timeout', `machine ${door.name} ${what}`, await consoleOf(door, last))
}

async function consoleOf(door: Door, last: string): Promise<ErrorDetails> {
  const console = await readFile(door.consoleFile, 'utf8').catch(() => '')
  return {
    host: door.name,
    evidence: [...console.trimEnd().split('\n').slice(-CONSOLE_LINES), last].join('\n'),
    hint: (await crowdedWatchers()) ?? `read ${door.consoleFile}`,
  }
}

const isOpen = async (address: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({host: address, port: 22, timeout: CONNECT_MS})
    const answer = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.once('data', () => answer(true))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
    socket.once('close', () => answer(false))
  })
