import {
  BACKUP_CONFIG,
  BACKUP_FILES,
  BACKUP_MANIFEST,
  BACKUP_PKI,
  BACKUP_SNAPSHOT,
  mountedFiles,
  readOnlyVolumes,
  type BackupManifest,
} from '../../domain/backup.ts'
import type {Cluster} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {sharedFiles} from '../../domain/shared-certs.ts'
import type {SnapshotPart} from '../../kube/etcd/etcd-snapshot.ts'
import type {Host} from '../../remote/host.ts'
import {sh} from '../../remote/shell/shell.ts'
import {readSharedFiles} from '../../resources/pki/shared-files.ts'
import {writeBackup, type BackupEntry, type WrittenBackup} from './write-backup.ts'

export interface BackupRequest {
  readonly host: Host
  readonly cluster: Cluster
  /** `ClusterConfiguration` of kubeadm-config. */
  readonly clusterConfiguration: string
  readonly etcdVersion: string
  readonly snapshot: AsyncIterable<SnapshotPart>
  readonly file: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly signal: AbortSignal
  readonly progress: (bytes: number, total: number) => void
}

export interface MadeBackup extends WrittenBackup {
  /** The files of the user that are in it. */
  readonly files: readonly string[]
}

/** kadm reaches only the etcd that it runs. */
export function refuseExternalEtcd(cluster: Cluster, host: string): void {
  if (!usesExternalEtcd(cluster)) return
  throw new KadmError('config', 'the etcd of this cluster runs outside of it, so kadm cannot save its data', {
    host,
    hint: 'save the data with the tools of that etcd, and /etc/kubernetes/pki with the tools of your system',
  })
}

/** Saves everything that a cluster needs on new machines. */
export async function makeBackup(request: BackupRequest): Promise<MadeBackup> {
  const {host, cluster, signal, now} = request
  const keys = await readKeys(request)
  const paths = await listFiles(host, cluster, signal)
  const files = paths.map((path, i) => ({entry: `${BACKUP_FILES}${String(i)}`, path}))
  const texts = await readSharedFiles(
    host,
    files.map(({entry, path}) => ({entry, path, isKey: true})),
    signal,
  )
  const manifest: BackupManifest = {
    apiVersion: 'kadm/v1',
    kind: 'Backup',
    createdAt: new Date(now).toISOString(),
    host: host.name,
    etcdVersion: request.etcdVersion,
    files,
  }
  const entries: readonly BackupEntry[] = [
    {name: BACKUP_MANIFEST, content: `${JSON.stringify(manifest, undefined, 2)}\n`},
    {name: BACKUP_CONFIG, content: request.clusterConfiguration},
    ...[...keys].map(([entry, content]) => ({name: BACKUP_PKI + entry, content})),
    ...files.map(({entry}) => ({name: entry, content: texts.get(entry) ?? ''})),
    {name: BACKUP_SNAPSHOT, content: bytesOf(request)},
  ]
  return {...(await writeBackup(request.file, entries, now)), files: paths}
}

async function readKeys({host, cluster, signal}: BackupRequest): Promise<ReadonlyMap<string, string>> {
  const wanted = sharedFiles(cluster)
  const keys = await readSharedFiles(host, wanted, signal)
  const missing = wanted.filter(({entry}) => (keys.get(entry) ?? '') === '').map(({path}) => path)
  if (missing.length === 0) return keys
  throw new KadmError('config', `the backup would not be complete: ${missing.join(', ')} not found`, {
    host: host.name,
    hint: 'name another control plane with --to; for the data of etcd alone, run: kadm etcd backup',
  })
}

async function* bytesOf({snapshot, progress}: BackupRequest): AsyncGenerator<Buffer> {
  let sent = 0
  for await (const {bytes, remainingBytes} of snapshot) {
    yield bytes
    sent += bytes.length
    progress(sent, sent + remainingBytes)
  }
}

/** No setting of a cluster is larger or has more files; what is beyond that is data of another program. */
const MOST_FILES = 200

/** The files that flags name, and all small files of folders that pods only read. Text files: others do not survive as text. */
async function listFiles(host: Host, cluster: Cluster, signal: AbortSignal): Promise<readonly string[]> {
  const [named, folders] = [mountedFiles(cluster), readOnlyVolumes(cluster)]
  if (named.length + folders.length === 0) return []
  const script = sh`for path in ${named}; do [ ! -f "$path" ] || printf '%s\n' "$path"; done
for folder in ${folders}; do [ ! -e "$folder" ] || find "$folder" -xdev -type f -size -1025k; done`
  const found = (await host.read(script.text, {signal})).split('\n').filter(line => line !== '')
  return [...new Set(found)].sort().slice(0, MOST_FILES)
}
