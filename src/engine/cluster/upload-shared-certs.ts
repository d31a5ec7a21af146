import {clusterFromKubeadm} from '../../config/read/from-kubeadm.ts'
import {KadmError} from '../../domain/errors.ts'
import {sharedFiles} from '../../domain/shared-certs.ts'
import type {KubeClient} from '../../kube/client.ts'
import {textsAt} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {uploadCerts, UPLOADED_CERTS_TTL_MS} from '../../kube/uploaded-certs.ts'
import type {Host} from '../../remote/host.ts'
import {readSharedFiles} from '../../resources/pki/shared-files.ts'

export interface UploadRequest {
  readonly host: Pick<Host, 'name' | 'read'>
  readonly api: KubeClient
  readonly certificateKey: string
  readonly now: number
  readonly random: (bytes: number) => Uint8Array
  readonly signal: AbortSignal
}

export interface UploadResult {
  /** When the cluster deletes them. */
  readonly expiresAt: Date
  /** Whether control planes can join: all nodes know an address that stays. */
  readonly hasEndpoint: boolean
}

/** Stores the files that control planes share, from this control plane, encrypted in the cluster. */
export async function uploadSharedCerts(request: UploadRequest): Promise<UploadResult> {
  const {host, api, certificateKey, now, random, signal} = request
  const stored = await api.get(apiPath.configMaps('kubeadm-config', 'kube-system'), {signal})
  const clusterConfiguration = textsAt(stored, 'data')['ClusterConfiguration'] ?? ''
  const {cluster} = clusterFromKubeadm({clusterConfiguration})
  const wanted = sharedFiles(cluster)
  const files = await readSharedFiles(host, wanted, signal)
  const missing = wanted.filter(({entry}) => files.get(entry) === '').map(({path}) => path)
  if (missing.length > 0) {
    throw new KadmError('config', `cannot share the certificates: ${missing.join(', ')} not found`, {
      host: host.name,
      hint: 'without its key, a CA can sign nothing for new control planes; copy the missing files to this machine, or use another control plane',
    })
  }
  await uploadCerts(api, {files, certificateKey, now, random, signal})
  return {
    expiresAt: new Date(now + UPLOADED_CERTS_TTL_MS),
    hasEndpoint: cluster.controlPlaneEndpoint !== undefined,
  }
}
