import {clusterFromKubeadm} from '../../config/read/from-kubeadm.ts'
import type {Cluster, PodNetwork} from '../../domain/cluster.ts'
import {hostPort} from '../../domain/endpoint.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import type {CommandSettings, JoinSettings} from '../../domain/kubeadm.ts'
import {KadmError} from '../../domain/errors.ts'
import {VIP_NOTE} from '../../domain/virtual-address.ts'
import {ApiError} from '../../kube/api-error.ts'
import type {KubeClient} from '../../kube/client.ts'
import {apiServerPort, startupSeconds} from '../../kube/components.ts'
import {textsAt} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import type {JoinTo} from '../workflows/options.ts'

export interface LiveCluster {
  readonly cluster: Cluster
  /** `https://host:port` of the API for nodes. */
  readonly server: string
  /** The same for people: never a name that only nodes resolve. */
  readonly publicServer: string
  /** The API server that answered. */
  readonly runningServer: string
  readonly warnings: readonly string[]
}

/**
 * Combines the settings of a running cluster with those of the run: the cluster decides its version, ranges and
 * components; the run decides the hosts and the source of files.
 */
export async function readLiveCluster(
  api: KubeClient,
  given: Cluster,
  {swapAsCluster = false}: Pick<JoinTo, 'swapAsCluster'>,
): Promise<LiveCluster> {
  const {hasFlannel, startup, notedPort, ...documents} = await readDocuments(api)
  const podNetwork: PodNetwork = hasFlannel ? {kind: 'flannel'} : given.network.plugin
  const {host, port} = api.endpoint
  const {cluster, warnings} = clusterFromKubeadm({
    ...documents,
    hosts: given.hosts,
    apiPort: given.kubeadm?.join?.controlPlane?.bindPort ?? notedPort ?? port,
    podNetwork,
    source: given.source,
    ignorePreflightErrors: given.extra.ignorePreflightErrors,
  })
  const own = hostPort(host, port)
  return {
    cluster: {
      ...cluster,
      proxy: given.proxy,
      // The cluster knows what it was made from, the run what its own nodes are to be.
      kubeadm: {...cluster.kubeadm, init: ofNewNodes(given.kubeadm?.join), join: given.kubeadm?.join},
      startupSeconds: Math.max(given.startupSeconds, startup),
      swap: swapAsCluster ? swapOf(cluster.extra.kubelet) : given.swap,
      extra: {...cluster.extra, kubelet: sharedOnly(cluster.extra.kubelet)},
    },
    server: `https://${cluster.controlPlaneEndpoint ?? own}`,
    publicServer: `https://${balancerOf(cluster) === undefined ? (cluster.controlPlaneEndpoint ?? own) : own}`,
    runningServer: `https://${own}`,
    warnings,
  }
}

/** All nodes of a run that joins are made as its JoinConfiguration says, control planes too. */
const ofNewNodes = (join: JoinSettings | undefined): CommandSettings | undefined =>
  join && {
    patches: join.patches,
    patchesDirectory: join.patchesDirectory,
    timeouts: join.timeouts,
    imagePullPolicy: join.imagePullPolicy,
    imagePullSerial: join.imagePullSerial,
  }

async function readDocuments(api: KubeClient) {
  const system = (name: string) => api.get(apiPath.configMaps(name, 'kube-system'))
  const [kubeadm, kubelet, proxy, flannel, startup, notedPort] = await Promise.all([
    system('kubeadm-config'),
    system('kubelet-config'),
    system('kube-proxy').catch(orForbidden(undefined)),
    api.get(apiPath.daemonSets('kube-flannel-ds', 'kube-flannel')).catch(orForbidden(undefined)),
    startupSeconds(api).catch(orForbidden(0)),
    apiServerPort(api).catch(orForbidden(undefined)),
  ])
  const clusterConfiguration = textsAt(kubeadm, 'data')['ClusterConfiguration']
  if (clusterConfiguration === undefined) {
    throw new KadmError('config', 'the cluster has no ConfigMap kube-system/kubeadm-config', {
      hint: 'join a cluster that kubeadm or kadm created',
    })
  }
  return {
    clusterConfiguration,
    virtualAddress: textsAt(kubeadm, 'metadata', 'annotations')[VIP_NOTE],
    kubelet: textsAt(kubelet, 'data')['kubelet'],
    kubeProxy: textsAt(proxy, 'data')['config.conf'],
    hasFlannel: flannel !== undefined,
    startup,
    notedPort,
  }
}

/** A join token may not read all settings; where the API refuses, the settings of the run apply. */
const orForbidden =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof ApiError && error.status === 403) return instead
    throw error
  }

/** Whether the nodes of a cluster keep their swap, according to its shared KubeletConfiguration. */
export const swapOf = ({failSwapOn}: Readonly<Record<string, unknown>>): Cluster['swap'] =>
  failSwapOn === false ? 'keep' : 'off'

/**
 * Settings that each node decides for itself: the ConfigMap contains the value of the initial control plane, or
 * an empty value.
 */
const OF_A_NODE = ['containerRuntimeEndpoint', 'cgroupDriver', 'failCgroupV1', 'failSwapOn', 'resolvConf']

/**
 * The settings of the shared KubeletConfiguration that apply to each node. Whether pods can get a share of swap
 * depends on the node's cgroups; that pods get no swap works everywhere, and is the default of kubelets on
 * hosts with swap (KEP-2400).
 */
export function sharedOnly(kubelet: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const {swapBehavior} = textsAt(kubelet, 'memorySwap')
  const isWithout = swapBehavior === 'NoSwap' || (swapOf(kubelet) === 'keep' && swapBehavior !== 'LimitedSwap')
  return {
    ...Object.fromEntries(Object.entries(kubelet).filter(([key]) => !OF_A_NODE.includes(key) && key !== 'memorySwap')),
    ...(isWithout ? {memorySwap: {swapBehavior: 'NoSwap'}} : {}),
  }
}
