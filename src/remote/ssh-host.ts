import {setTimeout as sleep} from 'node:timers/promises'
import type {Client, ClientChannel} from 'ssh2'
import type {SshTarget} from '../domain/cluster.ts'
import {hostLost, KadmError} from '../domain/errors.ts'
import {channelSlots} from './channel-slots.ts'
import type {Dialling} from './dialling.ts'
import {commandLine} from './far-side.ts'
import {rememberHostKey, type HostKeyPolicy} from './host-key-check.ts'
import {fingerprint} from './host-key.ts'
import type {Host} from './host.ts'
import type {Laptop} from './laptop.ts'
import {exitCode} from './local-host.ts'
import {machineHost} from './machine-host.ts'
import {createRedactor, type Redactor} from './redact.ts'
import {routeTo, type Hop} from './route.ts'
import type {OpenSession, Session} from './session.ts'
import {renewableHost, type Connection, type Dial} from './renewable-host.ts'
import {openRoute} from './open-route.ts'
import type {Opened} from './ssh-client.ts'
import {readSshConfig} from './ssh-config.ts'
import {forwardThrough, openFailure} from './ssh-forward.ts'

/** sshd allows ten sessions a connection unless MaxSessions says less; two stay free for ending what must stop. */
const MOST_CHANNELS = 8
const OPEN_TRIES = 20
const READY_TIMEOUT_MS = 20_000
const PING_MS = 10_000

export interface SshOptions {
  /** The name the user gave the host; messages begin with it. */
  readonly name: string
  readonly target: SshTarget
  readonly laptop: Laptop
  readonly hostKeys: HostKeyPolicy
  readonly password?: string | undefined
  readonly sudoPassword?: string | undefined
  readonly passphrase?: string | undefined
  /** Instead of `~/.ssh/config` and the system's. */
  readonly configText?: string | undefined
  readonly redactor?: Redactor | undefined
  readonly signal?: AbortSignal | undefined
  readonly readyTimeoutMs?: number | undefined
  readonly pingMs?: number | undefined
}

/** Connects to a machine over SSH, by jump hosts where the target or the ssh config says so. */
export async function connectSsh(options: SshOptions): Promise<Host> {
  const {name, target, laptop} = options
  const redactor = options.redactor ?? createRedactor()
  for (const secret of [options.password, options.sudoPassword, options.passphrase])
    if (secret !== undefined) redactor.add(secret)
  try {
    const config = options.configText ?? (await readSshConfig(laptop))
    const hops = await routeTo(target, config, laptop)
    const opened = await openRoute(hops, diallingOf(options))
    return renewableHost(hostOn(opened, hops, options, redactor), to =>
      dialAgain(to, {hops, hostKey: opened.at(-1)?.hostKey, redactor}, options),
    )
  } catch (error) {
    if (!(error instanceof KadmError)) throw error
    throw redactor.cleanError(error.host === undefined ? named(error, name) : error)
  }
}

interface Known {
  readonly hops: readonly Hop[]
  readonly hostKey: Buffer | undefined
  readonly redactor: Redactor
}

/** The same machine again, wherever it is now: nothing but the key that it showed before proves that it is the same. */
async function dialAgain(to: Dial, {hops, hostKey, redactor}: Known, options: SshOptions): Promise<Connection> {
  const last = hops.at(-1)
  if (last === undefined || hostKey === undefined) throw new Error('a route has at least one hop')
  const there = {...last, address: to.address}
  const route = [...hops.slice(0, -1), {...there, hostKey: fingerprint(hostKey)}]
  const {laptop} = options
  const dialling = diallingOf(options)
  const {readyTimeoutMs} = dialling
  const opened = await openRoute(route, {
    ...dialling,
    signal: to.signal,
    readyTimeoutMs: to.timeoutMs ?? readyTimeoutMs,
  })
  if (to.address !== last.address) await rememberHostKey(hostKey, there, laptop)
  return hostOn(opened, route, options, redactor)
}

const diallingOf = (options: SshOptions): Dialling => ({
  host: options.name,
  laptop: options.laptop,
  secrets: {password: options.password, passphrase: options.passphrase},
  policy: options.hostKeys,
  readyTimeoutMs: options.readyTimeoutMs ?? READY_TIMEOUT_MS,
  pingMs: options.pingMs ?? PING_MS,
  signal: options.signal,
})

const named = (error: KadmError, host: string): KadmError =>
  new KadmError(error.code, error.message, {host, hint: error.hint, evidence: error.evidence, cause: error.cause})

/** The private key files that would be tried for a target, so that passphrases can be asked for before any work. */
export async function keyFilesOf(
  target: SshTarget,
  laptop: Laptop,
): Promise<readonly {readonly path: string; readonly text: string}[]> {
  const hops = await routeTo(target, await readSshConfig(laptop), laptop)
  const paths = [...new Set(hops.flatMap(h => h.keyFiles.map(k => k.path)))]
  const read = await Promise.all(paths.map(async path => ({path, text: await laptop.readText(path)})))
  return read.flatMap(({path, text}) => (text === undefined ? [] : [{path, text}]))
}

const hostOn = (
  opened: readonly Opened[],
  hops: readonly Hop[],
  options: SshOptions,
  redactor: Redactor,
): Connection => {
  const [client, hop] = [opened.at(-1)?.client, hops.at(-1)]
  if (client === undefined || hop === undefined) throw new Error('a route has at least one hop')
  const {name} = options
  const gone = new AbortController()
  let reason = ''
  client.on('error', error => (reason = `: ${error.message}`))
  client.once('close', () => gone.abort(lost(name, hop, reason)))

  const host = machineHost({
    name,
    user: hop.user,
    needsSudo: hop.user !== 'root',
    sudoPassword: options.sudoPassword,
    redactor,
    open: sessionsOn(client, name, gone.signal),
    forward: async (host, port) => {
      gone.signal.throwIfAborted()
      return await forwardThrough(name, client, host, port)
    },
    close: async () => {
      if (gone.signal.aborted) return
      gone.abort(new KadmError('connect', 'the connection was closed', {host: name}))
      const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
      opened.toReversed().forEach(one => one.client.end())
      await Promise.race([closed, sleep(2000, undefined, {ref: false})])
      opened.toReversed().forEach(one => one.cut())
    },
  })
  return {host, address: hop.address}
}

const lost = (host: string, hop: Hop, reason: string): KadmError =>
  hostLost(host, `the connection to ${hop.address} was lost${reason}`)

const sessionsOn = (client: Client, host: string, gone: AbortSignal): OpenSession => {
  const slots = channelSlots(MOST_CHANNELS)
  return async (words, {signal, urgent}) => {
    const line = commandLine(words)
    for (let tries = 1; ; tries++) {
      const release = urgent === true ? () => undefined : await takeSlot(signal)
      try {
        const channel = await exec(client, line, gone)
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
  new KadmError('connect', 'its SSH server lets no command run', {
    host,
    hint: 'look at MaxSessions and ForceCommand in its /etc/ssh/sshd_config',
    evidence: cause instanceof Error ? cause.message : String(cause),
    cause,
  })

const exec = (client: Client, line: string, gone: AbortSignal): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    gone.throwIfAborted()
    const whenGone = (): void => reject(gone.reason instanceof Error ? gone.reason : new Error('gone'))
    gone.addEventListener('abort', whenGone, {once: true})
    client.exec(line, (cause, channel) => {
      gone.removeEventListener('abort', whenGone)
      if (cause !== undefined) reject(cause)
      else resolve(channel)
    })
  })

const sessionOf = (channel: ClientChannel, host: string, gone: AbortSignal, release: () => void): Session => {
  const givenUp = new AbortController()
  const ended = new Promise<number>((resolve, reject) => {
    const silent = (): void => reject(new KadmError('connect', 'a command ended without telling how', {host}))
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
