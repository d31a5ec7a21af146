import {KadmError} from '../../domain/errors.ts'
import type {PackageRepository} from '../../domain/repository.ts'

/** How to get the key of a package repository; tests pass their own function. */
export interface KeyReading {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly readFile: (path: string) => Promise<string>
  readonly signal: AbortSignal
  readonly timeoutMs?: number
}

/** A key has a few kilobytes; a longer answer is not a key. */
const MOST_BYTES = 256 * 1024

/** The armoured key of a repository, from the given file or from the repository itself. */
export async function readPackageKey({url, key}: PackageRepository, reading: KeyReading): Promise<string> {
  return key.kind === 'file' ? fromFile(key.path, reading) : fromWeb(url, key.url, reading)
}

async function fromFile(path: string, {readFile}: KeyReading): Promise<string> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new KadmError('config', `cannot read the key of the package repository: ${path}`, {
      hint: 'set source.packages.keyFile to the file with the key',
      evidence: reasonOf(cause),
      cause,
    })
  }
}

async function fromWeb(url: string, keyUrl: string, reading: KeyReading): Promise<string> {
  const {fetch, signal, timeoutMs = 20_000} = reading
  try {
    const answer = await fetch(keyUrl, {signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])})
    if (!answer.ok) {
      await answer.body?.cancel()
      throw new Error(`${String(answer.status)} ${answer.statusText}`)
    }
    const text = await answer.text()
    if (text.length > MOST_BYTES) throw new Error(`${String(text.length)} characters are too many for a key`)
    return text
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new KadmError('connect', `cannot download the key of the package repository ${url}`, {
      evidence: `${keyUrl}: ${reasonOf(cause)}`,
      hint:
        'check the internet connection of this machine; without internet access, pass --bundle FOLDER, which ' +
        "'kadm bundle create' creates on a machine with internet access",
      cause,
    })
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
