import {z} from 'zod'
import {VIP_PROVIDERS, type VirtualAddress} from '../../domain/virtual-address.ts'
import type {Cluster, HostSpec, PodNetwork, Source} from '../../domain/cluster.ts'
import {clusterOf} from '../draft/assemble.ts'
import {fileDocuments} from '../documents/file-documents.ts'
import {configError, newFindings, type Place, settle, type Report} from '../documents/finding.ts'
import {gather, type ReadCluster, remarkOnKubeadm} from './read-cluster.ts'

/** The configuration that a running cluster stores, and what the caller knows in addition. */
export interface LiveConfig {
  /** `ClusterConfiguration` of the ConfigMap kube-system/kubeadm-config. */
  readonly clusterConfiguration: string
  /** `kubelet` of the ConfigMap kube-system/kubelet-config. */
  readonly kubelet?: string | undefined
  /** `config.conf` of the ConfigMap kube-system/kube-proxy. */
  readonly kubeProxy?: string | undefined
  readonly hosts?: readonly HostSpec[] | undefined
  /** The ConfigMap does not contain it; 6443 if left out. */
  readonly apiPort?: number | undefined
  readonly podNetwork?: PodNetwork | undefined
  readonly source?: Source | undefined
  readonly ignorePreflightErrors?: readonly string[] | undefined
  /** The annotation `VIP_NOTE` of the ConfigMap kube-system/kubeadm-config. */
  readonly virtualAddress?: string | undefined
}

/**
 * Reads a running cluster, made by kadm or by kubeadm, back into a `Cluster`. Fields that this release does not know or
 * does not support are warnings; a missing pod range stays missing.
 */
export function clusterFromKubeadm(live: LiveConfig): ReadCluster {
  const {report, all} = newFindings()
  const configMaps = [
    ['kubeadm-config', live.clusterConfiguration],
    ['kubelet-config', live.kubelet],
    ['kube-proxy', live.kubeProxy],
  ] as const
  const [cluster, kubelet, kubeProxy] = configMaps.map(([name, text]) =>
    fileDocuments(`ConfigMap kube-system/${name}`, text ?? '', report, 'warning'),
  )
  const hint = 'kadm can read only clusters created by kubeadm v1.35 or later, or by kadm'
  if (cluster?.clusterConfiguration === undefined) {
    const place: Place = {text: 'ConfigMap kube-system/kubeadm-config', line: 0, column: 0}
    report({severity: 'error', place, message: 'does not contain a usable ClusterConfiguration'})
    throw configError(all(), hint)
  }
  remarkOnKubeadm(cluster, lenient(report))
  const environment = {readFile: (path: string): string => path}
  const documents = {...cluster, kubelet: kubelet?.kubelet, kubeProxy: kubeProxy?.kubeProxy}
  const gathered = gather(documents, [], {fileName: '', environment, report})
  const warnings = settle(all(), hint)
  return {cluster: withLive(clusterOf(gathered), gathered.draft.podSubnets?.value ?? [], live), warnings}
}

const lenient =
  (report: Report): Report =>
  finding =>
    report({...finding, severity: 'warning'})

const vipNote = z.object({
  address: z.string(),
  provider: z.enum(VIP_PROVIDERS),
  networkInterface: z.string().optional(),
})

/** The virtual address that a note names; undefined for a note that this release does not understand. */
function vipOf(note: string | undefined): VirtualAddress | undefined {
  try {
    const {success, data} = vipNote.safeParse(JSON.parse(note ?? ''))
    return success ? {networkInterface: undefined, ...data} : undefined
  } catch {
    return undefined
  }
}

function withLive(cluster: Cluster, podSubnets: readonly string[], live: LiveConfig): Cluster {
  const virtualAddress = vipOf(live.virtualAddress)
  return {
    ...cluster,
    ...(virtualAddress === undefined ? {} : {virtualAddress}),
    hosts: live.hosts ?? [],
    apiPort: live.apiPort ?? cluster.apiPort,
    network: {...cluster.network, podSubnets, plugin: live.podNetwork ?? {kind: 'none'}},
    source: live.source ?? cluster.source,
    extra: {...cluster.extra, ignorePreflightErrors: live.ignorePreflightErrors ?? []},
  }
}
