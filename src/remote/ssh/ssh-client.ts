import type {Client} from 'ssh2'
import {KadmError} from '../../domain/errors.ts'
import type {ConnectOptions} from './connect-options.ts'
import {checkHostKey, nameOf, readKnownHosts} from '../host-keys/host-key-check.ts'
import {hostKeyAlgorithms, keyType, knownTypes} from '../host-keys/host-key.ts'
import type {KnownKey} from '../host-keys/known-hosts.ts'
import {deadline} from '../reconnect/pausable-deadline.ts'
import type {Hop} from './route.ts'
import {planLogin, type LoginPlan} from './ssh-auth.ts'
import {Silence, watchForSilence} from './silence.ts'
import {handshakeFailed, notLoggedIn} from './ssh-errors.ts'
import {socketTo} from './ssh-socket.ts'

/** A connection with the key that the machine showed. */
export interface OpenedClient {
  readonly client: Client
  readonly hostKey: Buffer
  /** Ends it without a word; ssh2's own `destroy` does nothing once `end` was called, which leaves a dead line open for minutes. */
  readonly cut: () => void
}

/** Opens one connection, logged in and with its host key verified. */
export async function openClient(
  hop: Hop,
  through: Client | undefined,
  dialling: ConnectOptions,
): Promise<OpenedClient> {
  const known = await readKnownHosts(hop, dialling.localMachine)
  const without: string[] = []
  let first: KadmError | undefined
  for (;;) {
    const attempt = await dial({hop, through, known, without}, dialling)
    if ('client' in attempt) return attempt
    first ??= attempt.error
    // A pin says nothing of its key's type, and the server may have shown another one: ask for the other types too.
    if (hop.hostKey === undefined || attempt.shownType === undefined || without.includes(attempt.shownType)) throw first
    without.push(attempt.shownType)
    if (hostKeyAlgorithms([], without).length === 0) throw first
  }
}

interface Call {
  readonly hop: Hop
  readonly through: Client | undefined
  readonly known: readonly KnownKey[]
  readonly without: readonly string[]
}

type Attempt = OpenedClient | {readonly error: KadmError; readonly shownType: string | undefined}

async function dial(call: Call, dialling: ConnectOptions): Promise<Attempt> {
  const {hop, through, known, without} = call
  const {default: ssh2} = await import('ssh2')
  const plan = await planLogin(ssh2, hop, dialling.secrets, dialling.localMachine)
  const socket = await socketTo(hop, through, dialling)
  const client = new ssh2.Client()
  const waiting = deadline(dialling.readyTimeoutMs)
  const seen: Seen = {key: undefined, keyProblem: undefined, loginBegan: false}
  client.once('handshake', () => (seen.loginBegan = true))
  const ready = untilReady(client, plan, {over: waiting.over, signal: dialling.signal})
  client.connect({
    sock: socket,
    username: hop.user,
    hostVerifier: hostVerifier(call, dialling, {waiting, seen}),
    algorithms: {serverHostKey: [...hostKeyAlgorithms(knownTypes(known, nameOf(hop)), without)]},
    authHandler: (left: unknown) => plan.next(left),
    keepaliveInterval: dialling.pingMs,
    // On a slow line, its answers can be minutes late; any other received data shows better that the server is
    // alive.
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    readyTimeout: 0,
  })
  try {
    await ready
    client.on('error', () => undefined)
    if (seen.key === undefined) throw new Error('nobody logs in before a host key was shown')
    watch(client, socket, dialling.pingMs)
    return {client, hostKey: seen.key, cut: () => socket.destroy()}
  } catch (error) {
    client.on('error', () => undefined)
    client.destroy()
    socket.destroy()
    return failedAttempt(error, {hop, plan, seen, dialling})
  } finally {
    waiting.end()
  }
}

/** What one attempt has seen so far. */
interface Seen {
  /** The host key that the machine showed. */
  key: Buffer | undefined
  /** Why that key is not trusted. */
  keyProblem: Error | undefined
  loginBegan: boolean
}

type Verifier = (key: Buffer, done: (ok: boolean) => void) => void

/** Compares the host key with the known ones; the time that a person takes to decide does not count. */
const hostVerifier =
  (
    {hop, known}: Call,
    {host, localMachine, policy}: ConnectOptions,
    {waiting, seen}: {readonly waiting: ReturnType<typeof deadline>; readonly seen: Seen},
  ): Verifier =>
  (key, done) => {
    waiting.pause()
    seen.key = key
    checkHostKey(key, {host, hop, known, policy, localMachine}).then(
      () => {
        waiting.resume()
        done(true)
      },
      (error: unknown) => {
        seen.keyProblem = error instanceof Error ? error : new Error(String(error))
        done(false)
      },
    )
  }

/** Resolves when the login worked; rejects with the first error that ends it. */
const untilReady = (
  client: Client,
  plan: LoginPlan,
  {over, signal}: {readonly over: AbortSignal; readonly signal: AbortSignal | undefined},
): Promise<void> =>
  new Promise((resolve, reject) => {
    let last: Error | undefined
    client.once('ready', resolve)
    client.on('error', (error: Error & {level?: string}) => {
      if (isOneWayOnly(error, plan)) {
        plan.reasonFor(error.message)
        return
      }
      if (/too many authentication failures/i.test(error.message))
        plan.reasonFor('too many keys were offered, the server hung up')
      last ??= error
      reject(error)
    })
    client.once('close', () => reject(last ?? new Error('it closed the connection')))
    client.once('change password', () => plan.reasonFor('the password has expired and must be changed first'))
    over.addEventListener('abort', () => reject(new Error('it did not answer in time')), {once: true})
    signal?.addEventListener('abort', () => reject(new Error('cancelled')), {once: true})
  })

/** Ends the connection when nothing is received any more. */
function watch(client: Client, socket: Awaited<ReturnType<typeof socketTo>>, pingMs: number): void {
  const dead = (): void => {
    client.emit('error', new Silence())
    socket.destroy()
  }
  const silence = watchForSilence(socket, {intervalMs: pingMs, dead})
  client.once('close', silence.stop)
}

interface FailedAttempt {
  readonly hop: Hop
  readonly plan: LoginPlan
  readonly seen: Seen
  readonly dialling: ConnectOptions
}

/** Why the attempt failed; throws what another attempt cannot change. */
function failedAttempt(error: unknown, {hop, plan, seen, dialling}: FailedAttempt): Attempt {
  const {host, signal} = dialling
  if (signal?.aborted === true)
    throw new KadmError('cancelled', 'connecting was stopped because the run was cancelled', {host})
  const {keyProblem, key} = seen
  if (keyProblem !== undefined && !(keyProblem instanceof KadmError)) throw keyProblem
  if (keyProblem !== undefined) return {error: keyProblem, shownType: key && keyType(key)}
  const cause = error instanceof Error ? error : undefined
  const failure = seen.loginBegan
    ? notLoggedIn(host, hop, plan.tries(), plan.offered())
    : handshakeFailed(host, hop, cause)
  return {error: failure, shownType: undefined}
}

/** The agent or one key failed, and ssh2 tries the next method on its own. */
const isOneWayOnly = (error: Error & {level?: string}, plan: LoginPlan): boolean =>
  error.level === 'agent' || (error.level === 'client-authentication' && !plan.exhausted())
