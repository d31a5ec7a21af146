import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import type {FileHandle} from 'node:fs/promises'
import {KadmError} from '../../domain/errors.ts'
import {snapshotContents, type SnapshotContents} from '../../kube/snapshot/snapshot-contents.ts'
import type {PartOfFile} from './read-backup.ts'

/** A snapshot of etcd that was compared with its checksum. */
export interface SnapshotFile extends SnapshotContents {
  /** Of the whole snapshot with its checksum, 64 hex digits. */
  readonly sha256: string
  readonly size: number
}

const DIGEST_BYTES = 32
/** etcd takes a file for one with a checksum by its size (etcdutl, hasChecksum). */
const SECTOR = 512

/** Checks a snapshot that etcd wrote, alone in a file or in a part of it; throws `config` for one that cannot be restored. */
export async function readSnapshotFile(file: string, handle: FileHandle, part?: PartOfFile): Promise<SnapshotFile> {
  const {offset, size} = part ?? {offset: 0, size: (await handle.stat()).size}
  if (size % SECTOR !== DIGEST_BYTES)
    throw unusable(file, size % SECTOR === 0 ? 'it has no checksum at its end' : 'it is incomplete')
  const content = createHash('sha256')
  const whole = createHash('sha256')
  let left = size - DIGEST_BYTES
  const chunks = createReadStream(file, {start: offset, end: offset + size - 1}) as AsyncIterable<Buffer>
  let tail: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    whole.update(chunk)
    content.update(chunk.subarray(0, Math.min(left, chunk.length)))
    if (chunk.length > left) tail = Buffer.concat([tail, chunk.subarray(left)])
    left = Math.max(0, left - chunk.length)
  }
  if (!content.digest().equals(tail)) throw unusable(file, 'its sha256 does not match its content')
  const found = await snapshotContents(async (at, length) => {
    const within = Math.max(0, Math.min(length, size - DIGEST_BYTES - at))
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(within), 0, within, offset + at)
    return buffer.subarray(0, bytesRead)
  })
  if (found === undefined) throw unusable(file, 'it is not a database of etcd')
  return {...found, sha256: whole.digest('hex'), size}
}

const unusable = (file: string, why: string): KadmError =>
  new KadmError('config', `${file} is not a usable snapshot of etcd: ${why}`, {
    hint: 'use a file that kadm etcd backup or etcdctl snapshot save wrote completely; nothing was changed',
  })
