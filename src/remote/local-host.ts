import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {connect} from 'node:net'
import {constants} from 'node:os'
import {KadmError} from '../domain/errors.ts'
import type {Host} from './host.ts'
import {machineHost} from './machine-host.ts'
import {createRedactor, type Redactor} from './redact.ts'
import type {StartCommand} from './supervisor/running-command.ts'

export interface LocalHostOptions {
  readonly name: string
  readonly user: string
  readonly isRoot: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly sudoPassword?: string | undefined
  readonly redactor?: Redactor | undefined
}

/** The machine on which kadm runs, without SSH. */
export const localHost = (options: LocalHostOptions): Host => {
  const running = new Set<() => void>()
  const redactor = options.redactor ?? createRedactor()
  if (options.sudoPassword !== undefined) redactor.add(options.sudoPassword)

  return machineHost({
    name: options.name,
    user: options.user,
    needsSudo: !options.isRoot,
    sudoPassword: options.sudoPassword,
    redactor,
    open: startHere(options, running),
    forward: async (host, port) => {
      const socket = connect({host, port})
      try {
        await once(socket, 'connect')
      } catch (cause) {
        throw new KadmError('connect', `${host}:${String(port)} does not answer from this host`, {
          host: options.name,
          cause,
        })
      }
      return socket
    },
    close: () => {
      running.forEach(hangUp => hangUp())
      return Promise.resolve()
    },
  })
}

/** Starts a command on this machine; `running` contains a function for each running command, which ends it. */
const startHere =
  (options: LocalHostOptions, running: Set<() => void>): StartCommand =>
  ([program, ...args], {signal}) => {
    if (signal?.aborted === true)
      return Promise.reject(
        new KadmError('cancelled', 'a command was not started because the run was cancelled', {host: options.name}),
      )
    // A separate process group, so that Ctrl-C in the terminal reaches kadm and not the command that it supervises.
    const child = spawn(program, args, {stdio: 'pipe', detached: true, env: {...options.env}})
    const hangUp = (): void => void child.stdin.destroy()
    child.stdin.on('error', () => undefined)
    running.add(hangUp)
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', cause =>
        reject(new KadmError('remote', `cannot start ${program}: ${cause.message}`, {host: options.name, cause})),
      )
      child.once('close', (code, killedBy) => resolve(exitCode(code, killedBy ?? undefined)))
    }).finally(() => running.delete(hangUp))
    const abandon = (): void => {
      child.stdout.destroy()
      child.stderr.destroy()
      child.kill('SIGKILL')
    }
    return Promise.resolve({stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, hangUp, ended, abandon})
  }

/** The exit code that a shell would report: 128 plus the signal's number for a killed command. */
export const exitCode = (code: number | null | undefined, killedBy: string | undefined): number => {
  if (typeof code === 'number') return code
  const number = Object.entries(constants.signals).find(([name]) => name === killedBy)?.[1]
  return 128 + (number ?? constants.signals.SIGKILL)
}
