import type {Duplex, Readable} from 'node:stream'
import {timelyForward} from './timely-forward.ts'
import {hostPort} from '../domain/endpoint.ts'
import {KadmError} from '../domain/errors.ts'
import {endGroup, PASSWORD_CHECK, RIGHTS, supervised, type Become} from './supervisor/remote-supervisor.ts'
import type {Host, PipeOptions, RunOptions, RunResult} from './host.ts'
import type {Redactor} from './redact.ts'
import type {StartCommand} from './supervisor/running-command.ts'
import {probeShell} from './supervisor/shell-probe.ts'
import {asksForRights, notBegun, type Unbegun} from './supervisor/sudo-trouble.ts'
import {supervise} from './supervisor/supervise.ts'

const DEFAULT_TIMEOUT_MS = 120_000
/** How much longer the time limit on the host is than the local one: it applies when kadm can no longer reach the host. */
const BACKSTOP_S = 30

/** The functions of a transport, on which `Host` is built. */
export interface Machine {
  readonly name: string
  /** The login user. */
  readonly user: string
  /** False for root, who needs no sudo. */
  readonly needsSudo: boolean
  readonly sudoPassword: string | undefined
  readonly redactor: Redactor
  readonly open: StartCommand
  readonly forward: (host: string, port: number) => Promise<Duplex>
  readonly close: () => Promise<void>
}

/** A Host over any transport. */
export const machineHost = (machine: Machine): Host => {
  const {name: host, user, redactor} = machine
  const become: Become = !machine.needsSudo
    ? 'nobody'
    : machine.sudoPassword === undefined
      ? 'sudo'
      : 'sudo-with-password'
  let isProven = false
  let passwordCheck: Promise<void> | undefined

  const start = async (
    script: string,
    content: Readable | undefined,
    options: PipeOptions,
    urgent = false,
  ): Promise<RunResult> => {
    const as = options.asLoginUser === true ? 'nobody' : become
    if (as === 'sudo-with-password') {
      // Before kadm sends a password, the host must show which program reads it.
      if (!isProven) await start(':', undefined, {asLoginUser: true})
      await (passwordCheck ??= checkPassword(machine))
    }
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    const words = supervised(as, Math.ceil(timeoutMs / 1000) + BACKSTOP_S)
    const session = await machine.open(words, {signal: options.signal, urgent})
    const password = as === 'sudo-with-password' ? machine.sudoPassword : undefined
    const result = await supervise(
      session,
      {
        script,
        content,
        length: options.length,
        output: options.output,
        onStderrLine: onStderrLineOf(options),
        password,
        signal: options.signal,
        timeoutMs,
        isFirst: !isProven,
      },
      {
        host,
        user,
        endGroup: endOther(options.asLoginUser),
        usesSudo: as !== 'nobody',
        probe: () => probeShell(machine.open),
        whyUnbegun: unbegun => whyUnbegun(machine, unbegun),
      },
    )
    isProven = true
    return result
  }
  const onStderrLineOf = ({onStderrLine}: RunOptions): RunOptions['onStderrLine'] =>
    onStderrLine === undefined ? undefined : line => onStderrLine(redactor.clean(line))
  const endOther =
    (asLoginUser: boolean | undefined) =>
    async (group: number): Promise<void> => {
      await start(endGroup(group), undefined, {asLoginUser, timeoutMs: 10_000}, true)
    }
  const clean = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw error instanceof KadmError ? redactor.cleanError(error) : error
    }
  }

  return {
    name: host,
    run: (script, options = {}) => clean(start(script, undefined, options)),
    read: async (script, options = {}) => {
      const result = await clean(start(script, undefined, options))
      if (result.code !== 0) throw redactor.cleanError(failed(host, result))
      return result.stdout
    },
    pipe: (content, script, options = {}) =>
      clean(start(script, content, options)).finally(() => void content.destroy()),
    forward: (to, port) => clean(timelyForward(machine.forward(to, port), {host, to: hostPort(to, port)})),
    close: machine.close,
  }
}

const failed = (host: string, {code, stderr}: RunResult): KadmError => {
  const last = stderr.trim().split('\n').at(-1) ?? ''
  return new KadmError('remote', `the command failed with exit code ${String(code)}${last === '' ? '' : `: ${last}`}`, {
    host,
    evidence: stderr.trim() === '' ? undefined : stderr,
  })
}

/** Once per connection, so that a wrong password is tried once only and accounts are not locked. */
async function checkPassword(machine: Machine): Promise<void> {
  const {sudoPassword, open} = machine
  const session = await open(PASSWORD_CHECK, {})
  const said: Buffer[] = []
  for (const stream of [session.stdout, session.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  session.stdin.end(`${sudoPassword ?? ''}\n`)
  const tooLong = setTimeout(session.abandon, 20_000)
  const code = await session.ended.finally(() => clearTimeout(tooLong))
  if (code !== 0) throw await whyUnbegun(machine, {said: Buffer.concat(said).toString('utf8'), code})
}

/** The output, and the list of sudo if that explains more. */
async function whyUnbegun({name, user, open}: Machine, unbegun: Unbegun): Promise<KadmError> {
  const rights = asksForRights(unbegun) ? await saidBy(open, RIGHTS).catch(() => undefined) : undefined
  return notBegun(name, user, {...unbegun, rights})
}

async function saidBy(open: StartCommand, words: readonly [string, ...string[]]): Promise<string> {
  const session = await open(words, {urgent: true})
  const said: Buffer[] = []
  for (const stream of [session.stdout, session.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  session.stdin.on('error', () => undefined)
  session.hangUp()
  const tooLong = setTimeout(session.abandon, 10_000)
  await session.ended.finally(() => clearTimeout(tooLong))
  return Buffer.concat(said).toString('utf8')
}
