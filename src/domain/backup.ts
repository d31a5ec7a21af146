import type {Cluster, ComponentExtra} from './cluster.ts'

/** What a backup says about itself, as its file `backup.json`. */
export interface BackupManifest {
  readonly apiVersion: 'kadm/v1'
  readonly kind: 'Backup'
  /** ISO 8601. */
  readonly createdAt: string
  /** The control plane that it was made on. */
  readonly host: string
  readonly etcdVersion: string
  /** Where the files of the user belong on a control plane, by their names in the backup. */
  readonly files: readonly BackedUpFile[]
}

export interface BackedUpFile {
  /** `files/0`. */
  readonly entry: string
  readonly path: string
}

export const BACKUP_MANIFEST = 'backup.json'
/** The keys and certificates that control planes share, by the names of Secret kubeadm-certs. */
export const BACKUP_PKI = 'pki/'
export const BACKUP_FILES = 'files/'
export const BACKUP_SNAPSHOT = 'etcd.db'
export const BACKUP_CONFIG = 'kubeadm-config.yaml'

/** Flags whose files a component writes. */
const WRITTEN = ['audit-log-path', 'log-file', 'log-outputs']

/** Folders of the distribution, which each machine has. */
const OF_THE_SYSTEM = ['/etc/ssl', '/etc/pki', '/etc/ca-certificates', '/usr', '/lib', '/dev', '/proc', '/sys', '/run']

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

const componentsOf = ({extra}: Pick<Cluster, 'extra'>): readonly ComponentExtra[] => [
  extra.apiServer,
  extra.controllerManager,
  extra.scheduler,
  extra.etcd,
]

const mounts = (cluster: Pick<Cluster, 'extra'>) =>
  componentsOf(cluster)
    .flatMap(({volumes}) => volumes)
    .filter(({hostPath}) => !OF_THE_SYSTEM.some(folder => isBelow(hostPath, folder)))

/** The files of the user that the pods of a control plane read: those that a flag names, in a volume of the file. */
export function mountedFiles(cluster: Pick<Cluster, 'extra'>): readonly string[] {
  const paths = componentsOf(cluster).flatMap(({args, volumes}) =>
    args
      .filter(({name, value}) => value.startsWith('/') && !WRITTEN.includes(name))
      .flatMap(({value}) => {
        const [mount] = volumes
          .filter(({mountPath}) => isBelow(value, mountPath))
          .toSorted((a, b) => b.mountPath.length - a.mountPath.length)
        return mount === undefined ? [] : [mount.hostPath + value.slice(mount.mountPath.length)]
      }),
  )
  return [...new Set(paths)].filter(path => mayBeMounted(cluster, path)).sort()
}

/** The volumes that pods only read: all that is in them belongs to the settings of the cluster. */
export const readOnlyVolumes = (cluster: Pick<Cluster, 'extra'>): readonly string[] => [
  ...new Set(mounts(cluster).flatMap(({hostPath, readOnly}) => (readOnly ? [hostPath] : []))),
]

/** Whether the settings of a cluster let its pods read this path; a backup may write no other. */
export const mayBeMounted = (cluster: Pick<Cluster, 'extra'>, path: string): boolean =>
  !path.split('/').includes('..') && mounts(cluster).some(({hostPath}) => isBelow(path, hostPath))
