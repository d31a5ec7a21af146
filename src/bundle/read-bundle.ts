import {isMapping} from '../domain/mapping.ts'
import {architectureNamed} from '../domain/architecture.ts'
import {stat} from 'node:fs/promises'
import {isAbsolute, join, normalize} from 'node:path'
import {BINARIES, type Bundle, type BundleEntry} from '../domain/bundle.ts'
import {KadmError} from '../domain/errors.ts'
import {readLocalTextIfThere} from '../remote/local/local-files.ts'
import {hashFile} from './hash-file.ts'

const BUNDLE_FILE = 'bundle.json'

const REMAKE = "create it again with 'kadm bundle create', or copy the whole folder again"

/** A folder with its `bundle.json`, read; nothing else of it was looked at. */
export interface OpenBundle {
  readonly dir: string
  readonly bundle: Bundle
}

/** Reads `bundle.json` and refuses, by name, what is not one. */
export async function readBundle(dir: string): Promise<OpenBundle> {
  const path = join(dir, BUNDLE_FILE)
  const hint = "use a folder that 'kadm bundle create' created"
  const text = readLocalTextIfThere(path, hint)
  if (text === undefined) throw new KadmError('config', `${dir} is not a bundle: it has no ${BUNDLE_FILE}`, {hint})
  return Promise.resolve({dir, bundle: parseBundle(text, path)})
}

/** Pure: the bundle that a `bundle.json` describes; `path` is for messages. */
export function parseBundle(text: string, path: string): Bundle {
  const fail = (what: string): never => {
    throw new KadmError('config', `${path}: ${what}`, {hint: REMAKE})
  }
  const value = parseJson(text) ?? fail('is not JSON; the file may be cut off')
  if (!isMapping(value) || value['apiVersion'] !== 'kadm/v1' || value['kind'] !== 'Bundle') {
    return fail("must have apiVersion 'kadm/v1' and kind 'Bundle'")
  }
  const {kubernetesVersion, entries} = value
  const architecture = architectureNamed(value['architecture'])
  if (typeof kubernetesVersion !== 'string') return fail('kubernetesVersion is missing')
  if (architecture === undefined) return fail("architecture is neither 'amd64' nor 'arm64'")
  if (!Array.isArray(entries)) return fail('entries is missing')
  const checked = entries.map((entry: unknown, i) => {
    if (!isEntry(entry)) return fail(`entries[${String(i)}] is neither a binary nor an image, or lacks a field`)
    if (!isInside(entry.path)) return fail(`entries[${String(i)}] points outside the bundle: ${entry.path}`)
    return entry
  })
  return {apiVersion: 'kadm/v1', kind: 'Bundle', kubernetesVersion, architecture, entries: checked}
}

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether only the files' sizes are looked at, which is done in no time; their hashes too when left out. */
  readonly sizesOnly?: boolean
  /** Told after each file, with the bytes read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined
}

/** Reads every file of the bundle and compares size and sha256; all that is missing or altered is named at once. */
export async function verifyBundle(dir: string, options: VerifyOptions = {}): Promise<OpenBundle> {
  const open = await readBundle(dir)
  const files = new Map(open.bundle.entries.map(entry => [entry.path, entry]))
  const faults: string[] = []
  let bytes = 0
  for (const entry of files.values()) {
    options.signal?.throwIfAborted()
    const fault = await faultOf(dir, entry, options)
    if (fault !== undefined) faults.push(`${entry.path}: ${fault}`)
    bytes += entry.size
    options.onProgress?.(bytes)
  }
  if (faults.length === 0) return open
  throw new KadmError('config', `bundle ${dir} has ${count(faults.length)}: ${faults[0] ?? ''}`, {
    evidence: faults.join('\n'),
    hint: REMAKE,
  })
}

const count = (n: number): string => (n === 1 ? 'a missing or modified file' : `${String(n)} missing or modified files`)

async function faultOf(
  dir: string,
  entry: BundleEntry,
  {sizesOnly = false, signal}: VerifyOptions,
): Promise<string | undefined> {
  const path = join(dir, entry.path)
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true) return 'missing'
  if (found.size !== entry.size) return `modified (${String(found.size)} bytes instead of ${String(entry.size)})`
  if (sizesOnly) return undefined
  return (await hashFile(path, signal)) === entry.sha256 ? undefined : 'modified (different sha256)'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isInside = (path: string): boolean => !isAbsolute(path) && !normalize(path).startsWith('..')

const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

function isEntry(value: unknown): value is BundleEntry {
  if (!isMapping(value)) return false
  const {kind, name, path, sha256, size, version, contentSha256, contentSize, ref, configDigest} = value
  if (typeof path !== 'string' || !isHash(sha256) || typeof size !== 'number') return false
  if (kind === 'image') {
    return typeof ref === 'string' && typeof configDigest === 'string' && isHash(configDigest.replace(/^sha256:/, ''))
  }
  const isKnown = typeof name === 'string' && Object.hasOwn(BINARIES, name)
  const isContent = isHash(contentSha256) && typeof contentSize === 'number'
  return kind === 'binary' && isKnown && isContent && typeof version === 'string'
}
