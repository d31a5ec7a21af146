import {createHash} from 'node:crypto'
import {open, rename, rm, stat, type FileHandle} from 'node:fs/promises'
import {KadmError} from '../../domain/errors.ts'
import {isMissing, localFileError} from '../../domain/local-file-error.ts'
import {BLOCK, paddedSize, tarHeader} from './tar.ts'

export interface BackupEntry {
  readonly name: string
  readonly content: string | AsyncIterable<Uint8Array>
}

export interface WrittenBackup {
  readonly file: string
  readonly bytes: number
  /** Of the whole file, 64 hex digits. */
  readonly sha256: string
}

/** The last file of a backup, for `sha256sum -c`. */
export const SUMS = 'SHA256SUMS'

/** Throws `config` when there is a file already: a backup never replaces another one. */
export async function refuseExisting(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw localFileError(error, {path: file, doing: 'write'}) ?? error
  })
  if (found === undefined) return
  throw new KadmError('config', `${file} already exists`, {hint: 'name another file, or remove that one'})
}

/**
 * Writes a tar archive that only its owner can read, with the sha256 of each of its files. The file appears when it is complete and on the
 * disk; nothing stays of one that was cut off.
 */
export async function writeBackup(file: string, entries: readonly BackupEntry[], now: number): Promise<WrittenBackup> {
  await refuseExisting(file)
  const temporary = `${file}.partial`
  try {
    await rm(temporary, {force: true})
    const target = await open(temporary, 'wx+', 0o600)
    try {
      await target.chmod(0o600)
      const bytes = await writeAll(target, entries, Math.floor(now / 1000))
      await target.sync()
      const sha256 = await hashOf(target, bytes)
      await rename(temporary, file)
      return {file, bytes, sha256}
    } finally {
      await target.close()
    }
  } catch (error) {
    await rm(temporary, {force: true})
    throw localFileError(error, {path: file, doing: 'write'}) ?? error
  }
}

async function writeAll(target: FileHandle, entries: readonly BackupEntry[], seconds: number): Promise<number> {
  const sums: string[] = []
  let at = 0
  for (const entry of entries) {
    const {size, sha256} = await writeEntry(target, at, entry, seconds)
    sums.push(`${sha256}  ${entry.name}\n`)
    at += BLOCK + paddedSize(size)
  }
  const {size} = await writeEntry(target, at, {name: SUMS, content: sums.join('')}, seconds)
  at += BLOCK + paddedSize(size)
  await target.write(Buffer.alloc(2 * BLOCK), 0, 2 * BLOCK, at)
  return at + 2 * BLOCK
}

/** The header comes last, because only then is the size known. */
async function writeEntry(
  target: FileHandle,
  at: number,
  {name, content}: BackupEntry,
  seconds: number,
): Promise<{readonly size: number; readonly sha256: string}> {
  const hash = createHash('sha256')
  let size = 0
  const put = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes)
    for (let from = 0; from < bytes.length;) {
      const {bytesWritten} = await target.write(bytes, from, bytes.length - from, at + BLOCK + size + from)
      from += bytesWritten
    }
    size += bytes.length
  }
  if (typeof content === 'string') await put(Buffer.from(content))
  else for await (const bytes of content) await put(bytes)
  const padding = paddedSize(size) - size
  if (padding > 0) await target.write(Buffer.alloc(padding), 0, padding, at + BLOCK + size)
  await target.write(tarHeader({name, size}, seconds), 0, BLOCK, at)
  return {size, sha256: hash.digest('hex')}
}

async function hashOf(target: FileHandle, bytes: number): Promise<string> {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(1 << 20)
  for (let at = 0; at < bytes;) {
    const {bytesRead} = await target.read(piece, 0, piece.length, at)
    if (bytesRead === 0) break
    hash.update(piece.subarray(0, bytesRead))
    at += bytesRead
  }
  return hash.digest('hex')
}
