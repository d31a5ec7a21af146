import type {Cluster, Node} from '../domain/cluster.ts'
import {hostPort, loopback} from '../domain/endpoint.ts'
import {PORTS} from '../domain/ports.ts'
import {pkiDir} from '../domain/kubeadm-places.ts'
import {type Flags, userFlag} from './flags.ts'
import {type Mount, samePath} from './static-pod.ts'

/** How the API server reaches etcd: the one beside it, or the one that the file names (kubeadm getAPIServerCommand). */
export function etcdFlags(cluster: Cluster, node: Node): Flags {
  const external = cluster.kubeadm?.externalEtcd
  if (external === undefined) {
    const pki = pkiDir(cluster)
    const advertised = userFlag(cluster.extra.etcd.args, 'advertise-client-urls')
    return {
      'etcd-servers': advertised ?? `https://${hostPort(loopback(node), PORTS.etcdClient)}`,
      'etcd-cafile': `${pki}/etcd/ca.crt`,
      'etcd-certfile': `${pki}/apiserver-etcd-client.crt`,
      'etcd-keyfile': `${pki}/apiserver-etcd-client.key`,
    }
  }
  const {endpoints, caFile, certFile, keyFile} = external
  return {
    'etcd-servers': endpoints.join(','),
    'etcd-cafile': caFile,
    'etcd-certfile': certFile,
    'etcd-keyfile': keyFile,
  }
}

/** The folders of an external etcd's certificates that no other mount has (kubeadm getEtcdCertVolumes). */
export function etcdCertMounts(cluster: Cluster, caDirs: readonly string[]): readonly Mount[] {
  const external = cluster.kubeadm?.externalEtcd
  if (external === undefined) return []
  const mounted = ['/etc/ssl/certs', pkiDir(cluster), ...caDirs]
  const folders = [external.caFile, external.certFile, external.keyFile].flatMap(path =>
    path === undefined ? [] : [path.slice(0, Math.max(1, path.lastIndexOf('/')))],
  )
  const isBelow = (folder: string, above: string): boolean => folder === above || folder.startsWith(`${above}/`)
  const own = [...new Set(folders)].sort().filter(folder => !mounted.some(above => isBelow(folder, above)))
  const roots = own.filter(folder => !own.some(other => other !== folder && isBelow(folder, other)))
  return roots.map((folder, i) => samePath(`etcd-certs-${String(i)}`, folder, 'DirectoryOrCreate'))
}
