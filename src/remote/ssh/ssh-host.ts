import {setTimeout as sleep} from 'node:timers/promises'
import type {SshTarget} from '../../domain/cluster.ts'
import {detailsOf, hostLost, KadmError} from '../../domain/errors.ts'
import type {ConnectOptions} from './connect-options.ts'
import {rememberHostKey, type HostKeyPolicy} from '../host-keys/host-key-check.ts'
import {fingerprint} from '../host-keys/host-key.ts'
import type {Host} from '../host.ts'
import type {LocalMachine} from '../local/local-machine.ts'
import {machineHost} from '../machine-host.ts'
import {createRedactor, type Redactor} from '../redact.ts'
import {routeTo, type Hop} from './route.ts'
import {reconnectingHost, type Connection, type Dial} from '../reconnect/reconnecting-host.ts'
import {Silence} from './silence.ts'
import {sessionsOn} from './ssh-sessions.ts'
import {openRoute} from './open-route.ts'
import type {OpenedClient} from './ssh-client.ts'
import {readSshConfig, type SshConfig} from '../ssh-config/ssh-config.ts'
import {forwardThrough} from './ssh-forward.ts'

const READY_TIMEOUT_MS = 20_000
/** A dead line is reported after five to six of these (silence.ts): 15 s after the cut, where 20 are promised. */
const PING_MS = 2500

export interface SshOptions {
  /** The name the user gave the host; messages begin with it. */
  readonly name: string
  readonly target: SshTarget
  readonly localMachine: LocalMachine
  readonly hostKeys: HostKeyPolicy
  readonly password?: string | undefined
  readonly sudoPassword?: string | undefined
  readonly passphrase?: string | undefined
  /** Instead of `~/.ssh/config` and the system's. */
  readonly config?: SshConfig | undefined
  readonly redactor?: Redactor | undefined
  readonly signal?: AbortSignal | undefined
  readonly readyTimeoutMs?: number | undefined
  readonly pingMs?: number | undefined
}

/** Connects to a machine over SSH, by jump hosts where the target or the ssh config says so. */
export async function connectSsh(options: SshOptions): Promise<Host> {
  const {name, target, localMachine} = options
  const redactor = options.redactor ?? createRedactor()
  for (const secret of [options.password, options.sudoPassword, options.passphrase])
    if (secret !== undefined) redactor.add(secret)
  try {
    const config = options.config ?? (await readSshConfig(localMachine))
    const hops = await routeTo(target, config, localMachine)
    const opened = await openRoute(hops, diallingOf(options))
    const known = {hops, hostKey: opened.at(-1)?.hostKey, redactor}
    return reconnectingHost(hostOn(opened, hops, options, redactor), to =>
      dialAgain(to, known, options).catch((error: unknown) => {
        throw cleaned(error, name, redactor)
      }),
    )
  } catch (error) {
    throw cleaned(error, name, redactor)
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
  const {localMachine} = options
  const dialling = diallingOf(options)
  const {readyTimeoutMs} = dialling
  const opened = await openRoute(route, {
    ...dialling,
    signal: to.signal ?? options.signal,
    readyTimeoutMs: to.timeoutMs ?? readyTimeoutMs,
  })
  if (to.address !== last.address) await rememberHostKey(hostKey, there, localMachine)
  return hostOn(opened, route, options, redactor)
}

const diallingOf = (options: SshOptions): ConnectOptions => ({
  host: options.name,
  localMachine: options.localMachine,
  secrets: {password: options.password, passphrase: options.passphrase},
  policy: options.hostKeys,
  readyTimeoutMs: options.readyTimeoutMs ?? READY_TIMEOUT_MS,
  pingMs: options.pingMs ?? PING_MS,
  signal: options.signal,
})

const cleaned = (error: unknown, host: string, redactor: Redactor): unknown =>
  error instanceof KadmError ? redactor.cleanError(error.host === undefined ? named(error, host) : error) : error

const named = (error: KadmError, host: string): KadmError =>
  new KadmError(error.code, error.message, {...detailsOf(error), host})

/** The private key files that would be tried for a target, so that passphrases can be asked for before any work. */
export async function keyFilesOf(
  target: SshTarget,
  localMachine: LocalMachine,
): Promise<readonly {readonly path: string; readonly text: string}[]> {
  const hops = await routeTo(target, await readSshConfig(localMachine), localMachine)
  const files = new Map(hops.flatMap(h => h.keyFiles.map(k => [k.path, k.from])))
  const textOf = (path: string, from: string): Promise<string | undefined> =>
    from === 'given' ? localMachine.readNamed(path) : localMachine.readText(path)
  const read = await Promise.all([...files].map(async ([path, from]) => ({path, text: await textOf(path, from)})))
  return read.flatMap(({path, text}) => (text === undefined ? [] : [{path, text}]))
}

const hostOn = (
  opened: readonly OpenedClient[],
  hops: readonly Hop[],
  options: SshOptions,
  redactor: Redactor,
): Connection => {
  const [client, hop] = [opened.at(-1)?.client, hops.at(-1)]
  if (client === undefined || hop === undefined) throw new Error('a route has at least one hop')
  const {name} = options
  const gone = new AbortController()
  let reason = ''
  const whenGone = (): void => {
    gone.abort(lost(name, hop, reason))
    // The hops before it serve only this machine; if they stayed open, this process would not end.
    opened.toReversed().forEach(one => one.cut())
  }
  client.on('error', error => {
    reason = `: ${error.message}`
    // Inside a connection that is also lost, the end of this one would not arrive.
    if (error instanceof Silence) whenGone()
  })
  client.once('close', whenGone)

  const host = machineHost({
    name,
    user: hop.user,
    needsSudo: hop.user !== 'root',
    sudoPassword: options.sudoPassword,
    redactor,
    open: sessionsOn(client, name, gone.signal),
    forward: (host, port) => forwardThrough({host: name, client, gone: gone.signal}, host, port),
    close: async () => {
      if (gone.signal.aborted) return
      gone.abort(new KadmError('connect', 'the connection was closed', {host: name}))
      const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
      opened.toReversed().forEach(one => one.client.end())
      await Promise.race([closed, sleep(2000, undefined, {ref: false})])
      opened.toReversed().forEach(one => one.cut())
    },
  })
  return {host, address: hop.address, gone: gone.signal}
}

const lost = (host: string, hop: Hop, reason: string): KadmError =>
  hostLost(host, `the connection to ${hop.address} was lost${reason}`)
