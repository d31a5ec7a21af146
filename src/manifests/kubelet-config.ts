import {PORTS} from '../domain/ports.ts'
import {timeoutScaleFor, PROBE_SECONDS, startsSlowly, type Cluster} from '../domain/cluster.ts'
import {dnsServiceAddress} from '../domain/endpoint.ts'
import {pkiDir} from '../domain/kubeadm-places.ts'
import {CRI_SOCKET_URL, MANIFESTS_DIR} from '../domain/paths.ts'
import {kubeletRefusesCgroupV1} from '../domain/version.ts'
import {CONFIG_HASH_ANNOTATION, configHash} from './config-hash.ts'
import {type ConfigMap, configMap} from './kube-object.ts'
import {deepMerge} from './merge.ts'
import {toYaml} from './yaml.ts'

export type CgroupDriver = 'systemd' | 'cgroupfs'

/** What the kubelet's configuration takes from hosts. */
export interface KubeletHost {
  readonly cgroupVersion: 1 | 2
  /** systemd-resolved runs there: its stub address would make CoreDNS ask itself. */
  readonly resolvedActive: boolean
  /** Swap of a kernel around this host is on, which cannot be turned off from here. */
  readonly swapOutside: boolean
  /** The socket of a runtime that is not kadm's containerd. */
  readonly criSocket?: string | undefined
}

/** What pods get of a node's swap: nothing where there is to be none, else what its cgroups can hold them to (KEP-2400). */
export type PodSwap = 'off' | 'NoSwap' | 'LimitedSwap'

const podSwap = ({swap}: Cluster, cgroupVersion: 1 | 2): PodSwap =>
  swap === 'off' ? 'off' : cgroupVersion === 2 ? 'LimitedSwap' : 'NoSwap'

/** The driver kadm gives runtime and kubelet alike: on cgroup v1 systemd may not own every controller. */
export const cgroupDriver = (cgroupVersion: 1 | 2): CgroupDriver => (cgroupVersion === 2 ? 'systemd' : 'cgroupfs')

/** /var/lib/kubelet/config.yaml of one node. */
export const kubeletConfigYaml = (cluster: Cluster, host: KubeletHost): string => toYaml(kubeletConfig(cluster, host))

/** The KubeletConfiguration of one node, with the user's own laid over it. */
export function kubeletConfig(cluster: Cluster, host: KubeletHost): Readonly<Record<string, unknown>> {
  const local = {
    ...(host.resolvedActive ? {resolvConf: '/run/systemd/resolve/resolv.conf'} : {}),
  }
  const {cgroupVersion, swapOutside} = host
  const shared = sharedConfig(cluster, cgroupVersion, swapOutside ? 'NoSwap' : podSwap(cluster, cgroupVersion))
  // kubeadm lets the node's socket win, as an instance configuration.
  const forced = {containerRuntimeEndpoint: host.criSocket ?? CRI_SOCKET_URL, rotateCertificates: true}
  return {...deepMerge(deepMerge(shared, local), cluster.extra.kubelet), ...forced}
}

/** ConfigMap kube-system/kubelet-config: what joining nodes start from. `cgroupVersion` is that of the first control plane. */
export function kubeletConfigMap(cluster: Cluster, cgroupVersion: 1 | 2): ConfigMap {
  const own = sharedConfig(cluster, cgroupVersion, podSwap(cluster, cgroupVersion))
  // kubeadm forces rotateCertificates (componentconfigs/kubelet.go): what it issues for a year is never replaced otherwise.
  const forced = {containerRuntimeEndpoint: '', rotateCertificates: true}
  const shared = deepMerge(deepMerge(own, cluster.extra.kubelet), forced)
  const data = {kubelet: toYaml(shared)}
  const isUsers = Object.keys(cluster.extra.kubelet).length > 0
  const annotations = isUsers ? {} : {annotations: {[CONFIG_HASH_ANNOTATION]: configHash(data)}}
  return configMap({name: 'kubelet-config', namespace: 'kube-system', ...annotations}, data)
}

/**
 * The kubelet's default is two minutes. The startup time is rounded up to whole probe periods, because a run
 * without the file reads it back from the API server's probe.
 */
const runtimeRequestTimeout = ({startupSeconds}: Cluster): string =>
  `${String(Math.round(120 * timeoutScaleFor(Math.ceil(startupSeconds / PROBE_SECONDS) * PROBE_SECONDS)))}s`

/** Durations that kubeadm writes as zero are left out: the kubelet takes both for its defaults. */
function sharedConfig(cluster: Cluster, cgroupVersion: 1 | 2, swap: PodSwap): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: {enabled: false},
      webhook: {enabled: true},
      x509: {clientCAFile: `${pkiDir(cluster)}/ca.crt`},
    },
    authorization: {mode: 'Webhook'},
    cgroupDriver: cgroupDriver(cgroupVersion),
    clusterDNS: [dnsServiceAddress(cluster)],
    clusterDomain: cluster.network.dnsDomain,
    ...(cgroupVersion === 1 && kubeletRefusesCgroupV1(cluster.version) ? {failCgroupV1: false} : {}),
    ...(swap === 'off' ? {} : {failSwapOn: false, memorySwap: {swapBehavior: swap}}),
    healthzBindAddress: '127.0.0.1',
    healthzPort: PORTS.kubeletHealth,
    rotateCertificates: true,
    // The runtime unpacks an image while it creates the first container; if it is interrupted, it unpacks the
    // image from the start.
    ...(startsSlowly(cluster) ? {runtimeRequestTimeout: runtimeRequestTimeout(cluster)} : {}),
    staticPodPath: MANIFESTS_DIR,
  }
}
