/**
 * Every field of the two components' configuration by its Go type, from the types.go of Kubernetes 1.35, 1.36 and 1.37
 * (k8s.io/kubelet/config/v1beta1, k8s.io/kube-proxy/config/v1alpha1 and what they include of k8s.io/component-base and
 * k8s.io/api). `[]` stands for the elements of a list, `*` before a type for a pointer, `@36` for the first minor with
 * the field.
 */
export const COMPONENT_FIELDS = {
  KubeletConfiguration: {
    '*bool': `
      authentication.anonymous.enabled authentication.webhook.enabled cgroupsPerQOS cpuCFSQuota
      enableControllerAttachDetach enableDebugFlagsHandler enableDebuggingHandlers enableProfilingHandler
      enableServer enableSystemLogHandler enableSystemLogQuery failCgroupV1 failSwapOn
      localStorageCapacityIsolation makeIPTablesUtilChains mergeDefaultEvictionSettings registerNode seccompDefault
      serializeImagePulls singleProcessOOMKill
    `,
    bool: `
      enableContentionProfiling kernelMemcgNotification logging.options.json.splitStream
      logging.options.text.splitStream protectKernelDefaults rotateCertificates runOnce serverTLSBootstrap
    `,
    duration: `
      authentication.webhook.cacheTTL authorization.webhook.cacheAuthorizedTTL
      authorization.webhook.cacheUnauthorizedTTL cpuManagerReconcilePeriod evictionPressureTransitionPeriod
      fileCheckFrequency httpCheckFrequency imageMaximumGCAge imageMinimumGCAge nodeStatusReportFrequency
      nodeStatusUpdateFrequency runtimeRequestTimeout shutdownGracePeriod shutdownGracePeriodCriticalPods
      streamingConnectionIdleTimeout syncFrequency volumeStatsAggPeriod
    `,
    '*duration': 'containerLogMonitorInterval cpuCFSQuotaPeriod crashLoopBackOff.maxContainerRestartPeriod',
    '*float64': 'memoryThrottlingFactor',
    '*int32': `
      containerLogMaxFiles containerLogMaxWorkers eventRecordQPS healthzPort imageGCHighThresholdPercent
      imageGCLowThresholdPercent iptablesDropBit iptablesMasqueradeBit kubeAPIQPS maxParallelImagePulls
      nodeStatusMaxImages oomScoreAdj registryPullQPS tracing.samplingRatePerMillion
    `,
    int32: `
      eventBurst evictionMaxPodGracePeriod kubeAPIBurst maxPods nodeLeaseDurationSeconds podsPerCore port
      readOnlyPort registryBurst reservedMemory[].numaNode shutdownGracePeriodByPodPriority[].priority
    `,
    '[]int32': 'tlsCurvePreferences@36',
    int64: 'maxOpenFiles shutdownGracePeriodByPodPriority[].shutdownGracePeriodSeconds',
    '*int64': 'podPidsLimit userNamespaces.idsPerPod',
    quantity: 'logging.options.json.infoBufferSize logging.options.text.infoBufferSize',
    string: `
      address authentication.x509.clientCAFile authorization.mode cgroupDriver cgroupRoot clusterDomain
      configMapAndSecretChangeDetectionStrategy containerLogMaxSize containerRuntimeEndpoint contentType
      cpuManagerPolicy hairpinMode healthzBindAddress imagePullCredentialsVerificationPolicy imageServiceEndpoint
      kubeReservedCgroup kubeletCgroups logging.format logging.vmodule[].filePattern memoryManagerPolicy
      memoryReservationPolicy@36 memorySwap.swapBehavior podCIDR podLogsDir providerID registerWithTaints[].effect
      registerWithTaints[].key registerWithTaints[].value reservedSystemCPUs showHiddenMetricsForVersion
      staticPodPath staticPodURL systemCgroups systemReservedCgroup tlsCertFile tlsMinVersion tlsPrivateKeyFile
      topologyManagerPolicy topologyManagerScope volumePluginDir
    `,
    '[]string': `
      allowedUnsafeSysctls clusterDNS enforceNodeAllocatable preloadedImagesVerificationAllowlist tlsCipherSuites
    `,
    '*string': 'resolvConf tracing.endpoint',
    'map[string][]string': 'staticPodURLHeader',
    'map[string]bool': 'featureGates',
    'map[string]quantity': 'reservedMemory[].limits',
    'map[string]string': `
      cpuManagerPolicyOptions defaultPodSysctls@37 evictionHard evictionMinimumReclaim evictionSoft
      evictionSoftGracePeriod kubeReserved qosReserved systemReserved topologyManagerPolicyOptions
    `,
    '*time': 'registerWithTaints[].timeAdded',
    timeOrDuration: 'logging.flushFrequency',
    uint32: 'logging.verbosity logging.vmodule[].verbosity',
  },
  KubeProxyConfiguration: {
    bool: `
      bindAddressHardFail conntrack.tcpBeLiberal enableProfiling iptables.masqueradeAll ipvs.strictARP
      logging.options.json.splitStream logging.options.text.splitStream nftables.masqueradeAll windowsRunAsService
      winkernel.enableDSR winkernel.forwardHealthCheckVip
    `,
    '*bool': 'iptables.localhostNodePorts',
    duration: `
      configSyncPeriod conntrack.udpStreamTimeout conntrack.udpTimeout iptables.minSyncPeriod iptables.syncPeriod
      ipvs.minSyncPeriod ipvs.syncPeriod ipvs.tcpFinTimeout ipvs.tcpTimeout ipvs.udpTimeout nftables.minSyncPeriod
      nftables.syncPeriod
    `,
    '*duration': 'conntrack.tcpCloseWaitTimeout conntrack.tcpEstablishedTimeout',
    float32: 'clientConnection.qps',
    int32: 'clientConnection.burst',
    '*int32': `
      conntrack.maxPerCore conntrack.min iptables.masqueradeBit nftables.masqueradeBit oomScoreAdj
    `,
    quantity: 'logging.options.json.infoBufferSize logging.options.text.infoBufferSize',
    string: `
      bindAddress clientConnection.acceptContentTypes clientConnection.contentType clientConnection.kubeconfig
      clusterCIDR detectLocal.bridgeInterface detectLocal.interfaceNamePrefix detectLocalMode healthzBindAddress
      hostnameOverride ipvs.scheduler logging.format logging.vmodule[].filePattern metricsBindAddress mode
      portRange showHiddenMetricsForVersion winkernel.networkName winkernel.rootHnsEndpointName winkernel.sourceVip
    `,
    '[]string': 'ipvs.excludeCIDRs nodePortAddresses',
    'map[string]bool': 'featureGates',
    timeOrDuration: 'logging.flushFrequency',
    uint32: 'logging.verbosity logging.vmodule[].verbosity',
  },
} as const
