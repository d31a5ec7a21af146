import {createHash} from 'node:crypto'
import {open, rename, rm} from 'node:fs/promises'
import {localFileError} from '../../domain/local-file-error.ts'
import type {SnapshotPart} from '../../kube/etcd/etcd-snapshot.ts'

export interface SavedSnapshot {
  readonly file: string
  readonly bytes: number
  /** Of the whole file, 64 hex digits. */
  readonly sha256: string
}

/**
 * Writes a snapshot to a file that only its owner can read. The file appears when it is complete, checked and on the
 * disk; nothing stays of one that was cut off. Throws `config` for a path that cannot be written.
 */
export async function saveSnapshot(
  parts: AsyncIterable<SnapshotPart>,
  file: string,
  progress: (bytes: number, total: number) => void,
): Promise<SavedSnapshot> {
  const temporary = `${file}.partial`
  const hash = createHash('sha256')
  let bytes = 0
  try {
    const target = await open(temporary, 'w', 0o600)
    try {
      await target.chmod(0o600)
      for await (const part of parts) {
        await target.writeFile(part.bytes)
        hash.update(part.bytes)
        bytes += part.bytes.length
        progress(bytes, bytes + part.remainingBytes)
      }
      await target.sync()
    } finally {
      await target.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, {force: true})
    throw localFileError(error, {path: file, doing: 'write'}) ?? error
  }
  return {file, bytes, sha256: hash.digest('hex')}
}
