import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {stat} from 'node:fs/promises'
import {dirname} from 'node:path/posix'
import {Readable} from 'node:stream'
import {KadmError} from '../../domain/errors.ts'
import type {Host, RunResult} from '../host.ts'
import {sha256Of} from './sha256.ts'
import {concat, Script, sh} from './shell.ts'

/** The condition for any write on the host; the folder of the target must exist too. */
export interface Guard {
  /** Ends the script when it does not hold; the transfer that follows may take long. */
  readonly before: Script
  /** The same, and it still holds when the script ends. */
  readonly again: Script
  /** The error of a script that a guard ended. */
  readonly refusal: (host: string, result: RunResult) => KadmError | undefined
}

/** One file to upload to a host; hashes are lower-case hex. */
export interface UploadRequest {
  /** A path here, or the bytes. */
  readonly source: string | Readable
  /** Of the source. */
  readonly sha256: string
  readonly size: number
  readonly target: string
  /** `0644`, as chmod takes it. */
  readonly mode: string
  readonly onProgress?: ((sentBytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly guard?: Guard | undefined
}

export interface FileOnHost {
  readonly path: string
  readonly sha256: string
}

/** Slower than this and an upload counts as stuck. */
const SLOWEST_BYTES_PER_S = 10_000
const PATIENCE_MS = 120_000
/** The exit code of a script that received other bytes than announced. */
const HASH_DIFFERS = 65

/** Those of the files that the host does not have with just this content. */
export async function missingOnHost<F extends FileOnHost>(
  host: Host,
  files: readonly F[],
  signal?: AbortSignal,
): Promise<readonly F[]> {
  if (files.length === 0) return []
  const looks = files.map(({path}, i) => sh`h=; [ -f ${path} ] && h=$(${sha256Of(path)}); echo "${i} $h"`)
  const out = await host.read(concat(looks).text, {signal, timeoutMs: 10 * 60_000})
  const hashes = new Map(out.split('\n').map(line => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']))
  return files.filter((file, i) => hashes.get(String(i)) !== file.sha256)
}

/** Uploads one file to a host. Never leaves a partial file under the target's name. */
export async function uploadFile(host: Host, upload: UploadRequest): Promise<void> {
  const {signal} = upload
  const source = typeof upload.source === 'string' ? await opened(upload.source, upload) : upload.source
  const content = Readable.from(counted(source, upload), {objectMode: false})
  const timeoutMs = PATIENCE_MS + (upload.size / SLOWEST_BYTES_PER_S) * 1000
  const result = await host.pipe(content, receive(upload).text, {
    signal,
    timeoutMs,
    length: typeof upload.source === 'string' ? upload.size : undefined,
  })
  if (result.code === 0) return
  throw (await refusalOf(host, upload, result)) ?? (await failureOf(host.name, upload, result))
}

/** A folder that went away under the script fails in many ways, so that the guard is asked again for the cause. */
async function refusalOf(
  host: Host,
  {guard, signal}: UploadRequest,
  result: RunResult,
): Promise<KadmError | undefined> {
  if (guard === undefined) return undefined
  return guard.refusal(host.name, result) ?? guard.refusal(host.name, await host.run(guard.again.text, {signal}))
}

const failureOf = async (host: string, upload: UploadRequest, {code, stderr}: RunResult): Promise<KadmError> =>
  code === HASH_DIFFERS ? whyItDiffers(host, upload, stderr) : notWritten(host, upload, stderr)

const NOTHING = new Script(':')

/**
 * A shell that reports the end of its child to a closed channel gets SIGPIPE, which must not end it before its traps have run. The traps are set
 * before the file exists, so that no moment is left in which the end of the script leaves it behind.
 */
const receive = ({target, mode, sha256, guard}: UploadRequest): Script => sh`set -eu
trap '' PIPE
umask 022
${guard?.before ?? sh`mkdir -p ${dirname(target)}`}
umask 077
new=$(mktemp -u ${`${target}.kadm.XXXXXX`})
trap 'rm -f "$new"' EXIT
trap 'exit 143' TERM HUP INT
(set -C; : >"$new")
chmod ${mode} "$new"
cat >"$new"
h=$(${sha256Of(new Script('"$new"'))})
[ "$h" = ${sha256} ] || { echo "sha256 is $h" >&2; exit ${HASH_DIFFERS}; }
sync "$new"
${guard?.again ?? NOTHING}
mv -f "$new" ${target}
sync ${dirname(target)}`

/** A file that has lost something, or won it, is refused before anything is sent. */
async function opened(path: string, upload: UploadRequest): Promise<Readable> {
  const {size} = await stat(path)
  if (size !== upload.size)
    throw altered(upload, `bytes expected: ${String(upload.size)}\nbytes found:    ${String(size)}`)
  return createReadStream(path)
}

async function* counted(source: Readable, upload: UploadRequest): AsyncGenerator<Buffer> {
  let sent = 0
  for await (const chunk of source as AsyncIterable<Buffer>) {
    yield chunk
    sent += chunk.length
    upload.onProgress?.(sent)
  }
}

/** The far side checks every upload; only when that fails is it worth reading the source again, to say whose fault it is. */
async function whyItDiffers(host: string, upload: UploadRequest, stderr: string): Promise<KadmError> {
  if (typeof upload.source !== 'string') return altered(upload, hashes(upload, stderr.trim()))
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(upload.source) as AsyncIterable<Buffer>) hash.update(chunk)
  const found = hash.digest('hex')
  return found === upload.sha256 ? notWritten(host, upload, stderr) : altered(upload, hashes(upload, found))
}

const nameOf = ({source, target}: UploadRequest): string =>
  typeof source === 'string' ? source : `the content of ${target}`

const hashes = ({sha256}: UploadRequest, found: string): string =>
  `sha256 expected: ${sha256}\nsha256 found:    ${found}`

const altered = (upload: UploadRequest, evidence: string): KadmError =>
  new KadmError('config', `${nameOf(upload)} has the wrong checksum: it was changed or is incomplete`, {
    hint: 'download or create it again',
    evidence,
  })

const notWritten = (host: string, {target}: UploadRequest, stderr: string): KadmError =>
  new KadmError('remote', `cannot write ${target}${/No space left/.test(stderr) ? ': the disk is full' : ''}`, {
    host,
    hint: 'see the output above, and check the free space on the host: df -h',
    evidence: stderr.trim(),
  })
