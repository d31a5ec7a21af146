import {connect} from 'node:net'
import type {Duplex} from 'node:stream'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Client} from 'ssh2'
import {KadmError} from '../../domain/errors.ts'
import type {Hop} from './route.ts'
import type {ConnectOptions} from './connect-options.ts'
import {unreachable} from './ssh-errors.ts'
import {forwardThrough} from './ssh-forward.ts'

/** The byte stream an SSH connection runs on: TCP, or a channel of the jump host before it. */
export const socketTo = (hop: Hop, through: Client | undefined, dialling: ConnectOptions): Promise<Duplex> =>
  through === undefined ? tcp(hop, dialling) : channel(hop, through, dialling)

const cancelled = (host: string): KadmError =>
  new KadmError('cancelled', 'connecting was stopped because the run was cancelled', {host})

const silent = (): Error => Object.assign(new Error('no answer'), {code: 'ETIMEDOUT'})

/** The jump host itself waits for minutes for a machine that does not answer. */
async function channel(hop: Hop, client: Client, {host, readyTimeoutMs, signal}: ConnectOptions): Promise<Duplex> {
  const opening = forwardThrough({host, client}, hop.address, hop.port)
  const over = new AbortController()
  const stop = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal])
  const late = sleep(readyTimeoutMs, undefined, {signal: stop}).catch(() => undefined)
  try {
    const stream = await Promise.race([opening, late])
    if (stream !== undefined) return stream
    opening.then(leave, () => undefined)
    throw signal?.aborted === true ? cancelled(host) : unreachable(host, hop, silent())
  } finally {
    over.abort()
  }
}

function leave(stream: Duplex): void {
  stream.on('error', () => undefined)
  stream.destroy()
}

const tcp = (hop: Hop, {host, readyTimeoutMs, signal}: ConnectOptions): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(cancelled(host))
      return
    }
    const socket = connect({host: hop.address, port: hop.port, noDelay: true})
    const settle = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
    }
    const fail = (error: KadmError): void => {
      settle()
      socket.destroy()
      reject(error)
    }
    const failed = (cause: Error): void => fail(unreachable(host, hop, cause))
    const cancel = (): void => fail(cancelled(host))
    const timer = setTimeout(() => failed(silent()), readyTimeoutMs)
    signal?.addEventListener('abort', cancel, {once: true})
    socket.once('error', failed)
    socket.once('connect', () => {
      settle()
      socket.off('error', failed)
      resolve(socket)
    })
  })
