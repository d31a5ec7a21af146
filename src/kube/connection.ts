import type {Duplex} from 'node:stream'
import {connect, type TLSSocket} from 'node:tls'
import type {Host} from '../remote/host.ts'

/** Opens a TCP stream to `host:port` as seen from the machine at the other end (`Host.forward`). */
export interface Forward {
  (host: string, port: number): Promise<Duplex>
  /** Makes sure that the machine is connected, which may take longer than a request (`Host.reach`). */
  readonly reach?: (() => Promise<void>) | undefined
}

/** The path to an API server through a machine that reaches it. */
export const wayOver = (machine: Host): Forward =>
  Object.assign((host: string, port: number) => machine.forward(host, port), {
    reach: (): Promise<void> => machine.reach?.() ?? Promise.resolve(),
  })

/** How kadm reaches the API server and verifies it. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  /** The only CA (PEM) that is trusted; 'unverified' only for the first, anonymous look of discovery. */
  readonly trust: {readonly ca: string} | 'unverified'
  readonly credentials: Credentials
  /** The name that the server's certificate must have; default `kubernetes`, which every API server has. */
  readonly serverName?: string | undefined
}

export type Credentials =
  | {readonly kind: 'anonymous'}
  | {readonly kind: 'token'; readonly token: string}
  | {readonly kind: 'certificate'; readonly cert: string; readonly key: string}

/** A connection that was not established, so nothing was sent over it. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected'
}

/** For the TLS handshake. A process that accepts connections and never reads is otherwise waited for without a limit. */
const HANDSHAKE_MS = 15_000

/**
 * A TLS stream to the API server. The name checked is `kubernetes`, which every API server's certificate carries
 * (kubeadm's and kadm's alike), so that it holds whatever address the tunnel ends at.
 */
export async function openTls(
  endpoint: Endpoint,
  forward: Forward,
  handshakeMs: number = HANDSHAKE_MS,
): Promise<TLSSocket> {
  const channel = await forward(endpoint.host, endpoint.port).catch((cause: unknown) => {
    throw new NotConnected('no stream', {cause})
  })
  return new Promise((resolve, reject) => {
    const {credentials, trust} = endpoint
    const socket = connect({
      socket: channel,
      servername: endpoint.serverName ?? 'kubernetes',
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      ...(trust === 'unverified' ? {rejectUnauthorized: false} : {ca: trust.ca, rejectUnauthorized: true}),
      ...(credentials.kind === 'certificate' ? {cert: credentials.cert, key: credentials.key} : {}),
    })
    const fail = (cause?: unknown): void => {
      clearTimeout(timer)
      socket.destroy()
      channel.destroy()
      reject(new NotConnected('no TLS', {cause}))
    }
    const ended = (): void => fail()
    const timer = setTimeout(() => fail(silent()), handshakeMs)
    socket.once('error', fail)
    channel.once('error', fail)
    channel.once('close', ended)
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      channel.off('error', fail)
      channel.off('close', ended)
      // When a tunnel breaks later, the TLS stream reports it, with the reason.
      channel.on('error', (error: Error) => socket.destroy(error))
      channel.on('close', () => socket.destroy())
      resolve(socket)
    })
  })
}

const silent = (): Error => Object.assign(new Error('no answer to the TLS handshake'), {code: 'ETIMEDOUT'})

export const bearer = (credentials: Credentials): Readonly<Record<string, string>> =>
  credentials.kind === 'token' ? {authorization: `Bearer ${credentials.token}`} : {}
