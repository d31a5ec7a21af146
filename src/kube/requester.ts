import {setTimeout as after} from 'node:timers/promises'
import {KadmError} from '../domain/errors.ts'
import {AWAY_MS, lostOf} from '../remote/reconnect/come-back.ts'
import {apiError} from './api-error.ts'
import {bearer, NotConnected, type Endpoint, type Forward} from './connection.ts'
import {openConnections, type Connections} from './connections.ts'
import {classifyFailure, slow, type Failure} from './failure.ts'

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** For one try; default 10 s, as kubeadm's clients have it. */
  readonly timeoutMs?: number | undefined
  /** How long to try again while the server refuses connections or answers 5xx or 429; default 15 s, 0 for never. */
  readonly retryForMs?: number | undefined
  /** Called before every try; if it rejects, the call ends with that error. */
  readonly before?: (() => Promise<void>) | undefined
}

export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** For messages: `read node worker-1`. */
  readonly doing: string
  readonly body?: unknown
  readonly contentType?: string | undefined
  readonly accept?: string | undefined
  /** Two identical requests have the effect of one. */
  readonly idempotent: boolean
  /** Statuses that count as an answer and not as an error. */
  readonly allow?: readonly number[] | undefined
}

export interface Answer {
  readonly status: number
  readonly text: string
}

export interface Requester {
  readonly call: (call: Call) => Promise<Answer>
  /** A separate connection; the caller closes it. */
  readonly single: () => Promise<Connections>
  readonly close: () => Promise<void>
  /** The factor for all time limits. */
  readonly timeoutScale: number
}

/** While the machine that leads to the server is away, tries go on for this many times as long, but for no longer than any other work. */
const TIMES_WHEN_LOST = 6
const TRY_TIMEOUT_MS = 10_000
const RETRY_FOR_MS = 15_000
const CONNECTIONS = 3
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1_000

/** Requests with connection reuse, time limits and retries, over a tunnel. */
export function requester(endpoint: Endpoint, forward: Forward): Requester {
  const where = `${endpoint.host}:${endpoint.port}`
  let opened: Promise<Connections> | undefined
  const open = (): Promise<Connections> => (opened ??= openConnections(endpoint, forward, CONNECTIONS))
  return {
    timeoutScale: 1,
    single: async () => {
      await forward.reach?.()
      return openConnections(endpoint, forward, 1)
    },
    close: async () => {
      const before = await opened
      opened = undefined
      await before?.destroy()
    },
    call: call => {
      const ask = async (one: Call): Promise<Answer> => {
        await forward.reach?.().catch(notConnected)
        return once(one, endpoint, await open())
      }
      return callWithRetries(call, where, ask)
    },
  }
}

const notConnected = (cause: unknown): never => {
  if (!(cause instanceof KadmError)) throw cause
  throw new NotConnected('no machine', {cause})
}

/** The same, for servers that take that many times as long as usual. */
export const patientRequester = (requests: Requester, times: number): Requester => ({
  ...requests,
  timeoutScale: requests.timeoutScale * times,
  call: call =>
    requests.call({
      ...call,
      timeoutMs: (call.timeoutMs ?? TRY_TIMEOUT_MS) * times,
      retryForMs: (call.retryForMs ?? RETRY_FOR_MS) * times,
    }),
})

async function once(call: Call, endpoint: Endpoint, {request}: Connections): Promise<Answer> {
  const limit = AbortSignal.timeout(call.timeoutMs ?? TRY_TIMEOUT_MS)
  const answer = await request({
    method: call.method,
    path: call.path,
    signal: call.signal === undefined ? limit : AbortSignal.any([call.signal, limit]),
    headers: {
      accept: call.accept ?? 'application/json',
      'user-agent': 'kadm',
      ...bearer(endpoint.credentials),
      ...(call.body === undefined ? {} : {'content-type': call.contentType ?? 'application/json'}),
    },
    ...(call.body === undefined ? {} : {body: JSON.stringify(call.body)}),
  })
  return {status: answer.statusCode, text: await answer.body.text()}
}

type Ask = (call: Call) => Promise<Answer>

/**
 * How long a call that is retried for `retryForMs` continues after the connection to the host of the server is
 * lost.
 */
export const triesWhenLostMs = (retryForMs: number): number => Math.min(retryForMs * TIMES_WHEN_LOST, AWAY_MS)

async function callWithRetries(call: Call, where: string, ask: Ask): Promise<Answer> {
  const retryForMs = call.retryForMs ?? RETRY_FOR_MS
  const began = performance.now()
  let lostAt: number | undefined
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const failure = await tryOnce(call, where, ask)
    if ('answer' in failure) return failure.answer
    lostAt = failure.error.code === 'host-lost' ? (lostAt ?? performance.now()) : undefined
    const end = lostAt === undefined ? began + retryForMs : lostAt + triesWhenLostMs(retryForMs)
    const left = end - performance.now()
    if (!failure.passing || !(call.idempotent || failure.unsent) || retryForMs === 0 || left <= 0) throw failure.error
    await after(Math.min(pause, left), undefined, {signal: call.signal}).catch(() => undefined)
  }
}

async function tryOnce(call: Call, where: string, ask: Ask): Promise<Failure | {readonly answer: Answer}> {
  if (isCancelled(call)) return cancelled(call)
  try {
    await call.before?.()
  } catch (cause) {
    const lost = lostOf(cause)
    if (lost === undefined) throw cause
    return {error: lost, passing: true, unsent: true}
  }
  try {
    const answer = await ask(call)
    if (answer.status < 300 || call.allow?.includes(answer.status) === true) return {answer}
    // The server returns 403, 429 and 503 before it processes the request.
    const refused = [403, 429, 503].includes(answer.status)
    const passing = answer.status === 403 ? await isStarting(call, ask) : answer.status >= 500 || refused
    return {error: apiError(call.doing, answer), passing, unsent: refused}
  } catch (cause) {
    if (isCancelled(call)) return cancelled(call)
    if (cause instanceof Error && cause.name === 'TimeoutError')
      return {error: slow(where, call.doing, cause), passing: true, unsent: false}
    const failure = classifyFailure(cause, where, call.doing)
    if (failure === undefined) throw cause
    return failure
  }
}

/** An API server that has just started forbids everything until it has loaded its access rules. */
async function isStarting(call: Call, ask: Ask): Promise<boolean> {
  if (call.retryForMs === 0) return false
  const ready: Call = {
    ...call,
    method: 'GET',
    path: '/readyz',
    body: undefined,
    accept: '*/*',
    doing: 'check whether the API server is ready',
  }
  return (await ask(ready)).status !== 200
}

const isCancelled = (call: Call): boolean => call.signal?.aborted === true

const cancelled = (call: Call): Failure => ({
  error: new KadmError('cancelled', `cancelled: did not ${call.doing}`),
  passing: false,
  unsent: true,
})
