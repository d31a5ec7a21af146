import {createHash} from 'node:crypto'
import type {FileHandle} from 'node:fs/promises'
import {tarItems, type TarFault} from '../../archive/tar-reader.ts'
import {tarEnd, tarPadding} from '../../archive/tar.ts'
import {BACKUP_FILES, BACKUP_MANIFEST, BACKUP_PKI, BACKUP_SNAPSHOT, type BackupManifest} from '../../domain/backup.ts'
import {KadmError} from '../../domain/errors.ts'
import {listAt, parseJson, textAt} from '../../kube/json.ts'
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
  verify(file, parts, await textOf(SUMS))
  const manifest = manifestIn(await textOf(BACKUP_MANIFEST))
  if (manifest === undefined) throw broken(file, `its ${BACKUP_MANIFEST} is not one that kadm backup writes`)
  const snapshot = parts.get(BACKUP_SNAPSHOT)
  if (snapshot === undefined) throw broken(file, 'it has no snapshot of etcd')
  const keys = [...parts.keys()].filter(name => name.startsWith(BACKUP_PKI))
  const texts = await Promise.all(keys.map(async name => [name.slice(BACKUP_PKI.length), await textOf(name)] as const))
  const ownFiles = await Promise.all(manifest.files.map(async ({entry, path}) => [path, await textOf(entry)] as const))
  return {manifest, keys: new Map(texts), files: new Map(ownFiles), snapshot}
}

const FAULTS: Readonly<Record<TarFault, string>> = {
  incomplete: 'it ends in the middle',
  altered: 'a part of it was changed',
}

interface CheckedPart extends PartOfFile {
  readonly sha256: string
}

async function partsOf(file: string, handle: FileHandle): Promise<ReadonlyMap<string, CheckedPart>> {
  const parts = new Map<string, CheckedPart>()
  const stream = handle.createReadStream({start: 0, autoClose: false}) as AsyncIterable<Buffer>
  let end = 0
  for await (const item of tarItems(stream, (fault, cause) => broken(file, FAULTS[fault], cause.message))) {
    const {path, offset, size} = item
    if (!item.isFile) throw broken(file, `${path} is not a regular file`)
    if (!isPlainPath(path)) throw broken(file, `the path ${JSON.stringify(path)} leads out of it`)
    if (parts.has(path)) throw broken(file, `it has ${path} twice`)
    parts.set(path, {offset, size, sha256: await sha256Of(item.bytes())})
    end = offset + size
    const padding = tarPadding(size)
    const {buffer} = await handle.read(Buffer.alloc(padding.length), 0, padding.length, end)
    if (!buffer.equals(padding)) throw broken(file, FAULTS.altered)
    end += padding.length
  }
  if ((await handle.stat()).size < end + tarEnd().length) throw broken(file, FAULTS.incomplete)
  return parts
}

/** A path below the archive, without steps upwards. */
const isPlainPath = (path: string): boolean =>
  /^[\w.+-]+(\/[\w.+-]+)*$/.test(path) && !path.split('/').some(part => part === '..' || part === '.')

async function sha256Of(bytes: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of bytes) hash.update(chunk)
  return hash.digest('hex')
}

function verify(file: string, parts: ReadonlyMap<string, CheckedPart>, sums: string): void {
  const known = new Map(
    sums.split('\n').flatMap(line => {
      const [, sha256, name] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? []
      return sha256 === undefined || name === undefined ? [] : [[name, sha256] as const]
    }),
  )
  for (const name of known.keys()) if (!parts.has(name)) throw broken(file, `it has no ${name}`)
  for (const [name, {sha256: found}] of parts) {
    if (name === SUMS) continue
    const expected = known.get(name)
    if (expected === undefined) throw broken(file, `${SUMS} does not list ${name}`)
    if (found === expected) continue
    throw broken(file, `${name} was changed`, `sha256 expected: ${expected}\nsha256 found:    ${found}`)
  }
}

const broken = (file: string, why: string, evidence?: string): KadmError =>
  new KadmError('config', `${file} is not a usable backup: ${why}`, {
    evidence,
    hint: 'use another copy of the file, or an older backup; nothing was changed',
  })
