import type {TLSSocket} from 'node:tls'
import type {Dispatcher, Pool} from 'undici'
import {openTls, type Endpoint, type Forward} from './connection.ts'

/** A few connections to one API server, and the way to end them all. */
export interface Connections {
  readonly pool: Pool
  /** Rejects with the reason of `signal` as soon as it fires. undici itself heeds a signal only after a connection is established. */
  readonly request: (
    options: Dispatcher.RequestOptions & {readonly signal: AbortSignal},
  ) => Promise<Dispatcher.ResponseData>
  /** Why one of its streams broke, if one did. */
  readonly broke: () => Error | undefined
  /** Ends every stream, also those that have become WebSockets, of which a pool knows nothing any more. */
  readonly destroy: () => Promise<void>
}

/** Loads undici, which is heavy, with the first use. */
export async function openConnections(endpoint: Endpoint, forward: Forward, count: number): Promise<Connections> {
  const {Pool} = await import('undici')
  const sockets = new Set<TLSSocket>()
  let broke: Error | undefined
  const pool = new Pool('https://kubernetes', {
    connections: count,
    keepAliveTimeout: 60_000,
    connect: (_options, done) => {
      openTls(endpoint, forward).then(
        socket => {
          sockets.add(socket)
          socket.once('error', (error: Error) => (broke = error))
          socket.once('close', () => {
            sockets.delete(socket)
            // A TLS stream over a tunnel that breaks may still say 'end' then, at which undici, done with it, would crash.
            socket.removeAllListeners('end')
          })
          done(null, socket)
        },
        (error: unknown) => done(asError(error), null),
      )
    },
  })
  return {
    pool,
    request: options => unlessAborted(pool.request(options), options.signal),
    broke: () => broke,
    destroy: async () => {
      await pool.destroy()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(asError(signal.reason))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, {once: true})
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

const asError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)))
