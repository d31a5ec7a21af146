import type {Dispatcher} from 'undici'
import {KadmError} from '../../domain/errors.ts'
import {NotConnected, type Forward} from '../connection.ts'
import {openConnections, type Connections} from '../connections.ts'
import {parseJson, textAt} from '../json.ts'
import {EtcdError, etcdError} from './etcd-error.ts'

/** Where one member listens for clients, as the machine at the other end of `forward` reaches it. */
export interface EtcdEndpoint {
  /** For messages: the node that the member runs on. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly forward: Forward
}

/** All in PEM: the CA of etcd, and a client certificate that it signed. */
export interface EtcdCredentials {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export interface GatewayCall {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** For messages: `list the members of etcd`. */
  readonly doing: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** The JSON gateway of one member. Errors are `EtcdError`, or KadmError `connect`, `timeout`, `host-lost`, `cancelled`. */
export interface Gateway {
  readonly endpoint: EtcdEndpoint
  readonly call: (call: GatewayCall) => Promise<unknown>
  /** A call whose answer is a stream; `timeoutMs` limits the time to its first byte. */
  readonly stream: (call: GatewayCall) => Promise<AsyncIterable<Buffer>>
  readonly close: () => Promise<void>
}

export function etcdGateway(endpoint: EtcdEndpoint, {ca, cert, key}: EtcdCredentials): Gateway {
  const {name, host, port, forward} = endpoint
  let opened: Promise<Connections> | undefined
  const open = (): Promise<Connections> =>
    (opened ??= openConnections(
      // Both kubeadm and kadm put this name into the certificate of every member.
      {host, port, trust: {ca}, credentials: {kind: 'certificate', cert, key}, serverName: 'localhost'},
      forward,
      2,
    ))
  const request = async (call: GatewayCall, limit: AbortSignal): Promise<Dispatcher.ResponseData> => {
    if (call.signal?.aborted === true) throw cancelled(call)
    try {
      await forward.reach?.()
      const connections = await open()
      return await connections.request({
        method: 'POST',
        path: `/v3/${call.path}`,
        signal: call.signal === undefined ? limit : AbortSignal.any([call.signal, limit]),
        headers: {'content-type': 'application/json', 'user-agent': 'kadm'},
        body: JSON.stringify(call.body),
      })
    } catch (cause) {
      throw failureOf(call, name, cause)
    }
  }
  return {
    endpoint,
    call: async call => answerOf(call, name, await request(call, AbortSignal.timeout(call.timeoutMs))),
    stream: call => streamOf(call, name, request),
    close: async () => {
      const before = await opened
      opened = undefined
      await before?.destroy()
    },
  }
}

async function answerOf(
  call: GatewayCall,
  name: string,
  {statusCode, body}: Dispatcher.ResponseData,
): Promise<unknown> {
  const text = await body.text().catch((cause: unknown) => {
    throw failureOf(call, name, cause)
  })
  const answer = statusCode < 300 ? parseJson(text) : undefined
  if (answer === undefined) throw etcdError(call.doing, name, {status: statusCode, text})
  return answer
}

async function streamOf(
  call: GatewayCall,
  name: string,
  request: (call: GatewayCall, limit: AbortSignal) => Promise<Dispatcher.ResponseData>,
): Promise<AsyncIterable<Buffer>> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new DOMException('no answer in time', 'TimeoutError')), call.timeoutMs)
  try {
    const {statusCode, body} = await request(call, limit.signal)
    if (statusCode >= 300) throw etcdError(call.doing, name, {status: statusCode, text: await body.text()})
    return chunksOf(body, call, name)
  } finally {
    clearTimeout(timer)
  }
}

async function* chunksOf(body: AsyncIterable<Buffer>, call: GatewayCall, name: string): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (cause) {
    throw failureOf(call, name, cause)
  }
}

const cancelled = ({doing}: GatewayCall): KadmError => new KadmError('cancelled', `cancelled: did not ${doing}`)

/** An error of the transport, of TLS or of undici in the words of etcd; a bug stays what it is. */
function failureOf(call: GatewayCall, name: string, cause: unknown): unknown {
  if (call.signal?.aborted === true) return cancelled(call)
  const inner = cause instanceof NotConnected ? (cause.cause ?? cause) : cause
  if (inner instanceof KadmError && inner.code === 'host-lost') return inner
  if (inner instanceof Error && inner.name === 'TimeoutError') {
    const message = `could not ${call.doing}: etcd on ${name} did not answer within ${String(call.timeoutMs / 1000)} s`
    return new EtcdError('timed-out', message, {
      hint: 'its disk or its machine may be too slow, or the member has no quorum: kadm doctor shows the cause',
      cause: inner,
    })
  }
  const isTransport = cause instanceof NotConnected || inner instanceof KadmError || codeOf(inner) !== undefined
  if (!isTransport) return cause
  const why = inner instanceof Error && inner.message !== '' ? ` (${inner.message})` : ''
  return new KadmError('connect', `could not ${call.doing}: etcd on ${name} is not reachable${why}`, {
    hint: 'check that etcd runs there: kadm doctor shows why it does not',
    cause: inner,
  })
}

const codeOf = (error: unknown): string | undefined => textAt(error, 'code')
