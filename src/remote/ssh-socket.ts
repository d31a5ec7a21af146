import {connect} from 'node:net'
import type {Duplex} from 'node:stream'
import type {Client} from 'ssh2'
import {KadmError} from '../domain/errors.ts'
import type {Hop} from './route.ts'
import type {Dialling} from './dialling.ts'
import {unreachable} from './ssh-errors.ts'
import {forwardThrough} from './ssh-forward.ts'

/** The byte stream an SSH connection runs on: TCP, or a channel of the jump host before it. */
export const socketTo = (hop: Hop, through: Client | undefined, dialling: Dialling): Promise<Duplex> =>
  through === undefined
    ? tcp(hop, dialling)
    : forwardThrough({host: dialling.host, client: through}, hop.address, hop.port)

const tcp = (hop: Hop, {host, readyTimeoutMs, signal}: Dialling): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const cancelled = (): KadmError =>
      new KadmError('cancelled', 'connecting was stopped because the run was cancelled', {host})
    if (signal?.aborted === true) {
      reject(cancelled())
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
    const cancel = (): void => fail(cancelled())
    const timer = setTimeout(() => failed(Object.assign(new Error('no answer'), {code: 'ETIMEDOUT'})), readyTimeoutMs)
    signal?.addEventListener('abort', cancel, {once: true})
    socket.once('error', failed)
    socket.once('connect', () => {
      settle()
      socket.off('error', failed)
      resolve(socket)
    })
  })
