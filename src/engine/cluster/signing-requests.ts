import {basename} from 'node:path/posix'
import {certificateRequest} from '../../certs/request.ts'
import {makeKey, privateKeyPem} from '../../certs/keys.ts'
import {certificateSpec, wantedCertificate} from '../../domain/certificates.ts'
import type {Cluster, Node} from '../../domain/cluster.ts'
import type {ToSign} from '../../domain/external-ca.ts'
import {kubeconfigServer, kubeconfigSpec, wantedKubeconfigCertificate} from '../../domain/kubeconfig-specs.ts'
import {kubeconfigYaml} from '../../manifests/kubeconfig.ts'

export interface RequestFile {
  /** Below the folder of the user. */
  readonly path: string
  readonly text: string
}

/** What of a cluster a request depends on. */
export interface Requested {
  readonly cluster: Cluster
  /** `https://host:port` of the API for nodes. */
  readonly endpoint: string
  readonly toSign: ToSign
}

/**
 * The keys and the requests of one machine, as kubeadm certs generate-csr names them: `cp-1/pki/apiserver.key`,
 * `cp-1/pki/apiserver.csr`, and for a kubeconfig the file with its key and without a certificate, `cp-1/admin.conf`, `cp-1/admin.conf.csr`.
 */
export async function signingRequests(
  {cluster, endpoint, toSign: {certificates, kubeconfigs}}: Requested,
  node: Node,
): Promise<readonly RequestFile[]> {
  const files: RequestFile[] = []
  for (const name of certificates) {
    const key = await makeKey(cluster.pki.algorithm)
    const path = `${node.name}/pki/${certificateSpec(name).path}`
    files.push({path: `${path}.key`, text: privateKeyPem(key)})
    files.push({path: `${path}.csr`, text: certificateRequest(wantedCertificate(name, cluster, node), key)})
  }
  for (const name of kubeconfigs) {
    const key = await makeKey(cluster.pki.algorithm)
    const {path, user} = kubeconfigSpec(name)
    const file = `${node.name}/${basename(path)}`
    const text = kubeconfigYaml({
      clusterName: cluster.name,
      server: kubeconfigServer(name, {cluster, node, endpoint}),
      caPem: '',
      user: user(node),
      credentials: {kind: 'certificate', certPem: '', keyPem: privateKeyPem(key)},
    })
    files.push({path: file, text})
    files.push({
      path: `${file}.csr`,
      text: certificateRequest(wantedKubeconfigCertificate(name, cluster, node), key),
    })
  }
  return files
}
