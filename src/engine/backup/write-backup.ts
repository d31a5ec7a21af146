import {createHash} from 'node:crypto'
import {open, rename, rm, stat, type FileHandle} from 'node:fs/promises'
import {BLOCK, tarEnd, tarHeader, tarPadding} from '../../archive/tar.ts'
import {KadmError} from '../../domain/errors.ts'
import {isMissing, localFileError} from '../../domain/local-file-error.ts'

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
    const {end, sha256} = await writeEntry(target, at, entry, seconds)
    sums.push(`${sha256}  ${entry.name}\n`)
    at = end
  }
  const {end} = await writeEntry(target, at, {name: SUMS, content: sums.join('')}, seconds)
  return end + (await put(target, tarEnd(), end))
}

/** The header comes last, because only then is the size known. */
async function writeEntry(
  target: FileHandle,
  at: number,
  {name, content}: BackupEntry,
  seconds: number,
): Promise<{readonly end: number; readonly sha256: string}> {
  const hash = createHash('sha256')
  const start = at + BLOCK
  let size = 0
  for await (const bytes of typeof content === 'string' ? [Buffer.from(content)] : content) {
    hash.update(bytes)
    size += await put(target, bytes, start + size)
  }
  const padding = await put(target, tarPadding(size), start + size)
  await put(target, tarHeader({kind: 'file', path: name, mode: 0o600, size}, {seconds, owner: 'root'}), at)
  return {end: start + size + padding, sha256: hash.digest('hex')}
}

/** Returns how many bytes these are. */
async function put(target: FileHandle, bytes: Uint8Array, at: number): Promise<number> {
  for (let from = 0; from < bytes.length;) {
    const {bytesWritten} = await target.write(bytes, from, bytes.length - from, at + from)
    from += bytesWritten
  }
  return bytes.length
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
