import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import type {FileHandle} from 'node:fs/promises'
import {BACKUP_FILES, BACKUP_MANIFEST, BACKUP_PKI, BACKUP_SNAPSHOT, type BackupManifest} from '../../domain/backup.ts'
import {KadmError} from '../../domain/errors.ts'
import {listAt, parseJson, textAt} from '../../kube/json.ts'
import {BLOCK, paddedSize, readTarHeader} from './tar.ts'
import {SUMS} from './write-backup.ts'

/** A backup whose content was compared with its sha256. */
export interface OpenedBackup {
  readonly manifest: BackupManifest
  /** The keys and certificates that control planes share, by their entries in Secret kubeadm-certs. */
  readonly keys: ReadonlyMap<string, string>
  /** The files of the user, by their paths on a control plane. */
  readonly files: ReadonlyMap<string, string>
  readonly snapshot: PartOfFile
}

/** A file in the archive. */
export interface PartOfFile {
  readonly offset: number
  readonly size: number
}

/** Undefined for a text that kadm backup did not write. */
function manifestIn(text: string): BackupManifest | undefined {
  const document = parseJson(text)
  const [createdAt, host, etcdVersion] = ['createdAt', 'host', 'etcdVersion'].map(key => textAt(document, key))
  if (textAt(document, 'apiVersion') !== 'kadm/v1' || textAt(document, 'kind') !== 'Backup') return undefined
  if (createdAt === undefined || host === undefined || etcdVersion === undefined) return undefined
  const files = listAt(document, 'files').map(file => ({
    entry: textAt(file, 'entry') ?? '',
    path: textAt(file, 'path') ?? '',
  }))
  const isUsable = files.every(({entry, path}) => entry.startsWith(BACKUP_FILES) && path.startsWith('/'))
  return isUsable ? {apiVersion: 'kadm/v1', kind: 'Backup', createdAt, host, etcdVersion, files} : undefined
}

/** No key and no setting is larger; the snapshot stays in the file. */
const MOST_TEXT = 16 * 1024 * 1024

/** Reads a backup; throws `config` for one that is incomplete, was altered, or was not made by kadm backup. */
export async function readBackup(file: string, handle: FileHandle): Promise<OpenedBackup> {
  const parts = await partsOf(file, handle)
  const textOf = async (name: string): Promise<string> => {
    const part = parts.get(name)
    if (part === undefined || part.size > MOST_TEXT) throw broken(file, `it has no usable ${name}`)
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(part.size), 0, part.size, part.offset)
    if (bytesRead !== part.size) throw broken(file, 'it ends in the middle')
    return buffer.toString()
  }
  await verify(file, parts, await textOf(SUMS))
  const manifest = manifestIn(await textOf(BACKUP_MANIFEST))
  if (manifest === undefined) throw broken(file, `its ${BACKUP_MANIFEST} is not one that kadm backup writes`)
  const snapshot = parts.get(BACKUP_SNAPSHOT)
  if (snapshot === undefined) throw broken(file, 'it has no snapshot of etcd')
  const keys = [...parts.keys()].filter(name => name.startsWith(BACKUP_PKI))
  const texts = await Promise.all(keys.map(async name => [name.slice(BACKUP_PKI.length), await textOf(name)] as const))
  const ownFiles = await Promise.all(manifest.files.map(async ({entry, path}) => [path, await textOf(entry)] as const))
  return {manifest, keys: new Map(texts), files: new Map(ownFiles), snapshot}
}

async function partsOf(file: string, handle: FileHandle): Promise<ReadonlyMap<string, PartOfFile>> {
  const {size: total} = await handle.stat()
  const parts = new Map<string, PartOfFile>()
  for (let at = 0; ;) {
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(BLOCK), 0, BLOCK, at)
    const header = readTarHeader(buffer.subarray(0, bytesRead))
    if (header === 'end') return parts
    if ('wrong' in header) throw broken(file, header.wrong)
    if (parts.has(header.name)) throw broken(file, `it has ${header.name} twice`)
    if (at + BLOCK + header.size > total) throw broken(file, 'it ends in the middle')
    const gap = paddedSize(header.size) - header.size
    const {buffer: rest} = await handle.read(Buffer.alloc(gap), 0, gap, at + BLOCK + header.size)
    if (rest.some(byte => byte !== 0)) throw broken(file, 'a part of it was changed')
    parts.set(header.name, {offset: at + BLOCK, size: header.size})
    at += BLOCK + paddedSize(header.size)
  }
}

async function verify(file: string, parts: ReadonlyMap<string, PartOfFile>, sums: string): Promise<void> {
  const known = new Map(
    sums.split('\n').flatMap(line => {
      const [, sha256, name] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? []
      return sha256 === undefined || name === undefined ? [] : [[name, sha256] as const]
    }),
  )
  for (const name of known.keys()) if (!parts.has(name)) throw broken(file, `it has no ${name}`)
  for (const [name, part] of parts) {
    if (name === SUMS) continue
    const expected = known.get(name)
    if (expected === undefined) throw broken(file, `${SUMS} does not list ${name}`)
    const found = await sha256Of(file, part)
    if (found === expected) continue
    throw broken(file, `${name} was changed`, `sha256 expected: ${expected}\nsha256 found:    ${found}`)
  }
}

async function sha256Of(file: string, {offset, size}: PartOfFile): Promise<string> {
  const hash = createHash('sha256')
  if (size > 0)
    for await (const chunk of createReadStream(file, {start: offset, end: offset + size - 1}) as AsyncIterable<Buffer>)
      hash.update(chunk)
  return hash.digest('hex')
}

const broken = (file: string, why: string, evidence?: string): KadmError =>
  new KadmError('config', `${file} is not a usable backup: ${why}`, {
    evidence,
    hint: 'use another copy of the file, or an older backup; nothing was changed',
  })
