import type {WebSocket} from 'undici'
import {KadmError} from '../domain/errors.ts'
import {apiError} from './api-error.ts'
import {bearer, type Endpoint} from './connection.ts'
import {isObject, listAt, parseJson, textAt} from './json.ts'
import {apiPath} from './kinds.ts'
import type {Requester} from './requester.ts'

export interface ExecOptions {
  readonly command: readonly string[]
  readonly container?: string | undefined
  /** For all of it; default 30 s. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface ExecResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The remote command protocol over WebSocket: the first byte of a message is its channel (k8s.io/streaming/pkg/httpstream/wsstream). */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const CHANNEL = {stdout: 1, stderr: 2, status: 3} as const
const EXEC_TIMEOUT_MS = 30_000

/** Runs a command in a container, without input or terminal, and returns its output and its exit code. */
export async function exec(
  requests: Requester,
  endpoint: Endpoint,
  pod: {readonly name: string; readonly namespace: string},
  options: ExecOptions,
): Promise<ExecResult> {
  const path = execPath(pod, options)
  const doing = `run ${options.command.join(' ')} in pod ${pod.name}`
  const {WebSocket: Socket} = await import('undici')
  const connection = await requests.single()
  try {
    const socket = new Socket(`wss://kubernetes${path}`, {
      protocols: PROTOCOLS,
      dispatcher: connection.pool,
      headers: bearer(endpoint.credentials),
    })
    socket.binaryType = 'arraybuffer'
    const result = await collect(socket, doing, {
      ...options,
      timeoutMs: (options.timeoutMs ?? EXEC_TIMEOUT_MS) * requests.timeoutScale,
    }).catch((error: unknown) => {
      const broke = connection.broke()
      throw broke instanceof KadmError ? broke : error
    })
    if (result !== 'refused') return result
  } finally {
    await connection.destroy()
  }
  // A WebSocket client gets no reason for a refused upgrade; the same request without upgrade returns it.
  const answer = await requests.call({...options, method: 'GET', path, doing, idempotent: true, allow: [400]})
  throw apiError(doing, answer)
}

function execPath(pod: {readonly name: string; readonly namespace: string}, options: ExecOptions): string {
  const values = new URLSearchParams({stdout: 'true', stderr: 'true'})
  if (options.container !== undefined) values.append('container', options.container)
  for (const word of options.command) values.append('command', word)
  return `${apiPath.pods(pod.name, pod.namespace)}/exec?${values.toString()}`
}

/** Reads until the Status, which is the last that is sent, or until the stream ends without one. */
function collect(
  socket: WebSocket,
  doing: string,
  options: ExecOptions & {readonly timeoutMs: number},
): Promise<ExecResult | 'refused'> {
  const decoders = {stdout: new TextDecoder(), stderr: new TextDecoder()}
  const text = {stdout: '', stderr: ''}
  const limit = AbortSignal.timeout(options.timeoutMs)
  const stop = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit])
  return new Promise((resolve, reject) => {
    let open = false
    const abort = (): void =>
      reject(
        limit.aborted
          ? new KadmError('timeout', `could not ${doing}: the command did not end in time`, {
              evidence: text.stderr || text.stdout,
            })
          : new KadmError('cancelled', `cancelled: did not ${doing}`),
      )
    if (stop.aborted) abort()
    stop.addEventListener('abort', abort, {once: true})
    socket.addEventListener('open', () => (open = true))
    socket.addEventListener('message', event => {
      if (!(event.data instanceof ArrayBuffer)) return
      const [channel, content] = [new Uint8Array(event.data)[0], event.data.slice(1)]
      if (channel === CHANNEL.stdout) text.stdout += decoders.stdout.decode(content, {stream: true})
      if (channel === CHANNEL.stderr) text.stderr += decoders.stderr.decode(content, {stream: true})
      if (channel !== CHANNEL.status) return
      const status = new TextDecoder().decode(content)
      const code = exitCode(status)
      if (code === undefined) reject(apiError(doing, {status: 500, text: status}))
      else resolve({code, ...text})
    })
    socket.addEventListener('close', () => {
      stop.removeEventListener('abort', abort)
      if (open) reject(broken(doing, text.stderr))
      else resolve('refused')
    })
  })
}

/** The exit code in the Status object that ends the stream; undefined when the command could not be run at all. */
export function exitCode(status: string): number | undefined {
  const value = parseJson(status)
  if (textAt(value, 'status') === 'Success') return 0
  if (textAt(value, 'reason') !== 'NonZeroExitCode') return undefined
  const causes = listAt(value, 'details', 'causes').filter(isObject)
  const code = Number(
    textAt(
      causes.find(cause => cause['reason'] === 'ExitCode'),
      'message',
    ),
  )
  return Number.isInteger(code) ? code : undefined
}

const broken = (doing: string, stderr: string): KadmError =>
  new KadmError('connect', `could not ${doing}: the stream ended before the command did`, {
    hint: 'check the kubelet log of that node: journalctl -u kubelet',
    evidence: stderr === '' ? undefined : stderr,
  })
