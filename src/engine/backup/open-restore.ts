import {createReadStream} from 'node:fs'
import {mkdtemp, open, rm, writeFile, type FileHandle} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import {localFileError} from '../../domain/local-file-error.ts'
import {STAGE_DIR} from '../../domain/paths.ts'
import type {StagedFile} from '../../resources/core/kind.ts'
import {readBackup, type OpenedBackup, type PartOfFile} from './read-backup.ts'
import type {Restoring} from './restoring.ts'
import {readSnapshotFile, type SnapshotFile} from './snapshot-file.ts'

/** A file that can be restored, and what to send to a control plane. */
export interface OpenedRestore extends Pick<Restoring, 'file' | 'snapshot' | 'keys' | 'files'> {
  readonly staged: StagedFile
  /** Removes what was unpacked on this machine. */
  readonly close: () => Promise<void>
}

const NO_FILES: ReadonlyMap<string, string> = new Map()

/** Opens a snapshot, or the one in a backup, for machines that have the keys of the cluster. Throws `config` for one that was altered. */
export const openSnapshot = (file: string): Promise<OpenedRestore> =>
  withFile(file, async handle => {
    if (!(await isArchive(handle))) return opened(file, await readSnapshotFile(file, handle), undefined)
    const {snapshot} = await readBackup(file, handle)
    return {...(await fromArchive(file, handle, snapshot)), keys: undefined, files: NO_FILES}
  })

/** Opens a backup with the keys of its cluster. Throws `config` for one that was altered, and for any other file. */
export const openBackup = (file: string): Promise<OpenedRestore> =>
  withFile(file, async handle => {
    if (!(await isArchive(handle))) {
      await readSnapshotFile(file, handle)
      throw new KadmError('config', `${file} is only a snapshot of etcd; it has no keys and settings`, {
        hint: 'use a file that kadm backup wrote; for machines that have their keys, run: kadm etcd restore',
      })
    }
    const backup = await readBackup(file, handle)
    return fromArchive(file, handle, backup.snapshot, backup)
  })

async function withFile<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  try {
    const handle = await open(file, 'r')
    try {
      return await work(handle)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw localFileError(error, {path: file, doing: 'read'}) ?? error
  }
}

/** A tar archive says so in its first block. */
async function isArchive(handle: FileHandle): Promise<boolean> {
  const {buffer} = await handle.read(Buffer.alloc(5), 0, 5, 257)
  return buffer.toString() === 'ustar'
}

const stagedFrom = (from: string, {sha256, size}: SnapshotFile): StagedFile => ({
  from,
  to: `${STAGE_DIR}/etcd-${sha256.slice(0, 16)}.db`,
  sha256,
  size,
})

const opened = (file: string, snapshot: SnapshotFile, backup: OpenedBackup | undefined): OpenedRestore => ({
  file,
  snapshot,
  keys: backup?.keys,
  files: backup?.files ?? NO_FILES,
  staged: stagedFrom(file, snapshot),
  close: () => Promise.resolve(),
})

/** The snapshot in a file of its own, in a folder that only its owner can read. */
async function fromArchive(
  file: string,
  handle: FileHandle,
  part: PartOfFile,
  backup?: OpenedBackup,
): Promise<OpenedRestore> {
  const snapshot = await readSnapshotFile(file, handle, part)
  const folder = await mkdtemp(join(tmpdir(), 'kadm-restore-'))
  const close = (): Promise<void> => rm(folder, {recursive: true, force: true})
  const from = join(folder, 'etcd.db')
  const {offset, size} = part
  try {
    await writeFile(from, createReadStream(file, {start: offset, end: offset + size - 1}), {mode: 0o600})
  } catch (error) {
    await close()
    throw localFileError(error, {path: from, doing: 'write', hint: 'set TMPDIR to a folder with more space'}) ?? error
  }
  return {...opened(file, snapshot, backup), staged: stagedFrom(from, snapshot), close}
}
