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

async function dial({hop, through, known, without}: Call, dialling: ConnectOptions): Promise<Attempt> {
  const {host, localMachine, policy, secrets} = dialling
  const {default: ssh2} = await import('ssh2')
  const plan = await planLogin(ssh2, hop, secrets, localMachine)
  const socket = await socketTo(hop, through, dialling)
  const client = new ssh2.Client()
  let keyProblem: Error | undefined
  let shown: Buffer | undefined
  const waiting = deadline(dialling.readyTimeoutMs)

  const verify = (key: Buffer, done: (ok: boolean) => void): void => {
    waiting.pause()
    shown = key
    checkHostKey(key, {host, hop, known, policy, localMachine}).then(
      () => {
        waiting.resume()
        done(true)
      },
      (error: unknown) => {
        keyProblem = error instanceof Error ? error : new Error(String(error))
        done(false)
      },
    )
  }
  const ready = new Promise<void>((resolve, reject) => {
    let last: Error | undefined
    client.once('ready', resolve)
    client.on('error', (error: Error & {level?: string}) => {
      if (isOneWayOnly(error, plan)) {
        plan.reasonFor(error.message)
        return
      }
      if (/too many authentication failures/i.test(error.message))
        plan.reasonFor('too many keys were offered, so the server closed the connection')
      last ??= error
      reject(error)
    })
    client.once('close', () => reject(last ?? new Error('the server closed the connection')))
    client.once('change password', () => plan.reasonFor('the password has expired and must be changed first'))
    waiting.over.addEventListener('abort', () => reject(new Error('the server did not answer in time')), {once: true})
    dialling.signal?.addEventListener('abort', () => reject(new Error('cancelled')), {once: true})
  })
  const progress = {loginBegan: false}
  client.once('handshake', () => (progress.loginBegan = true))
  client.connect({
    sock: socket,
    username: hop.user,
    hostVerifier: verify,
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
    if (shown === undefined) throw new Error('nobody logs in before a host key was shown')
    const dead = (): void => {
      client.emit('error', new Silence())
      socket.destroy()
    }
    const watch = watchForSilence(socket, {intervalMs: dialling.pingMs, dead})
    client.once('close', watch.stop)
    return {client, hostKey: shown, cut: () => socket.destroy()}
  } catch (error) {
    client.on('error', () => undefined)
    client.destroy()
    socket.destroy()
    if (dialling.signal?.aborted === true)
      throw new KadmError('cancelled', 'connecting was stopped because the run was cancelled', {host})
    if (keyProblem !== undefined && !(keyProblem instanceof KadmError)) throw keyProblem
    if (keyProblem !== undefined) return {error: keyProblem, shownType: shown && keyType(shown)}
    const cause = error instanceof Error ? error : undefined
    const failure = progress.loginBegan
      ? notLoggedIn(host, hop, plan.tries(), plan.offered())
      : handshakeFailed(host, hop, cause)
    return {error: failure, shownType: undefined}
  } finally {
    waiting.end()
  }
}

/** The agent or one key failed, and ssh2 goes on to the next way by itself. */
const isOneWayOnly = (error: Error & {level?: string}, plan: LoginPlan): boolean =>
  error.level === 'agent' || (error.level === 'client-authentication' && !plan.exhausted())
