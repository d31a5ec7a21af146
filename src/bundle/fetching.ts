import {createHash} from 'node:crypto'
import {KadmError} from '../domain/errors.ts'

/** How things are fetched; tests give their own server. */
export interface Web {
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>
  readonly signal?: AbortSignal | undefined
}

const ATTEMPTS = 3

/** A good answer from a URL, tried a few times; a refusal (4xx) is returned without another try. */
export async function get(web: Web, url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  let last: unknown
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    web.signal?.throwIfAborted()
    try {
      const answer = await web.fetch(url, {headers, redirect: 'follow', ...(web.signal ? {signal: web.signal} : {})})
      if (answer.ok || answer.status === 401) return answer
      await answer.body?.cancel()
      last = new Error(`${String(answer.status)} ${answer.statusText}`)
      if (answer.status < 500) break
    } catch (error) {
      web.signal?.throwIfAborted()
      last = error
    }
  }
  throw new KadmError('connect', `cannot download ${url}`, {
    evidence: reasonOf(last),
    hint: 'check the internet connection and the proxy of this machine',
    cause: last,
  })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

/** Passes the bytes of an answer on and refuses the end if they are not those that were promised. */
export async function* checked(answer: Response, sha256: string, what: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  if (answer.body === null) throw new KadmError('connect', `${what} is empty`)
  for await (const chunk of answer.body) {
    const bytes = Buffer.from(chunk)
    hash.update(bytes)
    yield bytes
  }
  const found = hash.digest('hex')
  if (found === sha256) return
  throw new KadmError('connect', `${what} does not match the hash from its publisher`, {
    evidence: `expected sha256 ${sha256}, got ${found}`,
    hint: 'run the same command again; if the error returns, a proxy or mirror may change the file',
  })
}
