import {CA_NAMES, certPath, keyPath, saKeyPath, saPubPath} from './certificates.ts'
import type {Cluster} from './cluster.ts'
import {pkiDir, usesExternalEtcd} from './kubeadm-places.ts'

/** A file that all control planes of a cluster share. */
export interface SharedFile {
  /** Its key in Secret kubeadm-certs (phases/copycerts): `etcd-ca.crt`. */
  readonly entry: string
  readonly path: string
  /** Set: a private key. */
  readonly isKey: boolean
}

/** The files that another control plane of this cluster needs, as kubeadm uploads them. */
export function sharedFiles(cluster: Pick<Cluster, 'kubeadm'>): readonly SharedFile[] {
  const dir = pkiDir(cluster)
  const isExternal = usesExternalEtcd(cluster)
  return [
    ...CA_NAMES.filter(name => name !== 'etcd-ca' || !isExternal).flatMap(name => [
      {entry: `${name}.crt`, path: certPath(name, dir), isKey: false},
      {entry: `${name}.key`, path: keyPath(name, dir), isKey: true},
    ]),
    {entry: 'sa.pub', path: saPubPath(dir), isKey: false},
    {entry: 'sa.key', path: saKeyPath(dir), isKey: true},
    ...externalEtcdFiles(cluster),
  ]
}

/** The files with which the API server reaches an etcd outside the cluster; those that the cluster does not use have no path. */
export function externalEtcdFiles({kubeadm}: Pick<Cluster, 'kubeadm'>): readonly SharedFile[] {
  if (kubeadm?.externalEtcd === undefined) return []
  const {caFile, certFile, keyFile} = kubeadm.externalEtcd
  return [
    ['external-etcd-ca.crt', caFile] as const,
    ['external-etcd.crt', certFile] as const,
    ['external-etcd.key', keyFile] as const,
  ].flatMap(([entry, path]) => (path === undefined ? [] : [{entry, path, isKey: entry.endsWith('.key')}]))
}

/** Contents by entry; a file that the machine does not have is missing. */
export type SharedTexts = ReadonlyMap<string, string>
