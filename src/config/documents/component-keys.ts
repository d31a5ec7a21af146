import type {Locate, Path, Report} from './finding.ts'
import {unknownKey} from './issues.ts'
import {isTree, type Tree} from './tree.ts'

/** Every field of the two components' configuration in Kubernetes 1.35 to 1.37 (k8s.io/kubelet, k8s.io/kube-proxy: types.go). */
const FIELDS = {
  KubeletConfiguration: `
  address allowedUnsafeSysctls authentication.anonymous.enabled authentication.webhook.cacheTTL
  authentication.webhook.enabled authentication.x509.clientCAFile authorization.mode
  authorization.webhook.cacheAuthorizedTTL authorization.webhook.cacheUnauthorizedTTL cgroupDriver cgroupRoot
  cgroupsPerQOS clusterDNS clusterDomain configMapAndSecretChangeDetectionStrategy containerLogMaxFiles
  containerLogMaxSize containerLogMaxWorkers containerLogMonitorInterval containerRuntimeEndpoint contentType
  cpuCFSQuota cpuCFSQuotaPeriod cpuManagerPolicy cpuManagerPolicyOptions cpuManagerReconcilePeriod
  crashLoopBackOff.maxContainerRestartPeriod defaultPodSysctls enableContentionProfiling
  enableControllerAttachDetach enableDebugFlagsHandler enableDebuggingHandlers enableProfilingHandler
  enableServer enableSystemLogHandler enableSystemLogQuery enforceNodeAllocatable eventBurst eventRecordQPS
  evictionHard evictionMaxPodGracePeriod evictionMinimumReclaim evictionPressureTransitionPeriod evictionSoft
  evictionSoftGracePeriod failCgroupV1 failSwapOn featureGates fileCheckFrequency hairpinMode
  healthzBindAddress healthzPort httpCheckFrequency imageGCHighThresholdPercent imageGCLowThresholdPercent
  imageMaximumGCAge imageMinimumGCAge imagePullCredentialsVerificationPolicy imageServiceEndpoint
  iptablesDropBit iptablesMasqueradeBit kernelMemcgNotification kubeAPIBurst kubeAPIQPS kubeReserved
  kubeReservedCgroup kubeletCgroups localStorageCapacityIsolation logging.flushFrequency logging.format
  logging.options logging.verbosity logging.vmodule makeIPTablesUtilChains maxOpenFiles maxParallelImagePulls
  maxPods memoryManagerPolicy memoryReservationPolicy memorySwap.swapBehavior memoryThrottlingFactor
  mergeDefaultEvictionSettings nodeLeaseDurationSeconds nodeStatusMaxImages nodeStatusReportFrequency
  nodeStatusUpdateFrequency oomScoreAdj podCIDR podLogsDir podPidsLimit podsPerCore port
  preloadedImagesVerificationAllowlist protectKernelDefaults providerID qosReserved readOnlyPort registerNode
  registerWithTaints registryBurst registryPullQPS reservedMemory reservedSystemCPUs resolvConf
  rotateCertificates runOnce runtimeRequestTimeout seccompDefault serializeImagePulls serverTLSBootstrap
  showHiddenMetricsForVersion shutdownGracePeriod shutdownGracePeriodByPodPriority
  shutdownGracePeriodCriticalPods singleProcessOOMKill staticPodPath staticPodURL staticPodURLHeader
  streamingConnectionIdleTimeout syncFrequency systemCgroups systemReserved systemReservedCgroup tlsCertFile
  tlsCipherSuites tlsCurvePreferences tlsMinVersion tlsPrivateKeyFile topologyManagerPolicy
  topologyManagerPolicyOptions topologyManagerScope tracing.endpoint tracing.samplingRatePerMillion
  userNamespaces.idsPerPod volumePluginDir volumeStatsAggPeriod
  `,
  KubeProxyConfiguration: `
  bindAddress bindAddressHardFail clientConnection.acceptContentTypes clientConnection.burst
  clientConnection.contentType clientConnection.kubeconfig clientConnection.qps clusterCIDR configSyncPeriod
  conntrack.maxPerCore conntrack.min conntrack.tcpBeLiberal conntrack.tcpCloseWaitTimeout
  conntrack.tcpEstablishedTimeout conntrack.udpStreamTimeout conntrack.udpTimeout detectLocal.bridgeInterface
  detectLocal.interfaceNamePrefix detectLocalMode enableProfiling featureGates healthzBindAddress
  hostnameOverride iptables.localhostNodePorts iptables.masqueradeAll iptables.masqueradeBit
  iptables.minSyncPeriod iptables.syncPeriod ipvs.excludeCIDRs ipvs.minSyncPeriod ipvs.scheduler
  ipvs.strictARP ipvs.syncPeriod ipvs.tcpFinTimeout ipvs.tcpTimeout ipvs.udpTimeout logging.flushFrequency
  logging.format logging.options logging.verbosity logging.vmodule metricsBindAddress mode
  nftables.masqueradeAll nftables.masqueradeBit nftables.minSyncPeriod nftables.syncPeriod nodePortAddresses
  oomScoreAdj portRange showHiddenMetricsForVersion windowsRunAsService winkernel.enableDSR
  winkernel.forwardHealthCheckVip winkernel.networkName winkernel.rootHnsEndpointName winkernel.sourceVip
  `,
}

/** Reports unknown keys. The component reads its configuration strictly and does not start with them. */
export function tellUnknownKeys(kind: keyof typeof FIELDS, document: Tree, locate: Locate, report: Report): void {
  const paths = FIELDS[kind].trim().split(/\s+/)
  const judge = (value: Tree, above: Path): void => {
    const prefix = above.map(step => `${step}.`).join('')
    const known = [...new Set(paths.filter(path => path.startsWith(prefix)).map(path => path.slice(prefix.length)))]
    const keys = [...new Set(known.map(path => path.split('.')[0] ?? path))]
    for (const [key, child] of Object.entries(value)) {
      if (above.length === 0 && (key === 'apiVersion' || key === 'kind')) continue
      const path = [...above, key]
      if (!keys.includes(key)) report({severity: 'error', place: locate(path, 'key'), message: unknownField(key, keys)})
      else if (isTree(child) && known.some(field => field.startsWith(`${key}.`))) judge(child, path)
    }
  }
  judge(document, [])
}

/** Too many fields to list them all. */
const unknownField = (key: string, keys: readonly string[]): string =>
  unknownKey(key, keys).replace(/; known here are .{200,}$/, '')
