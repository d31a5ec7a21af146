import {cluster, kubelet, proxy} from './write.ts'

/** Documents of the kubelet and kube-proxy. */
export const COMPONENTS: Readonly<Record<string, string>> = {
  'kube proxy modes': proxy(
    'mode: nftables\nnftables: {masqueradeAll: true, syncPeriod: 10s}\nnodePortAddresses: [primary]\nmetricsBindAddress: 0.0.0.0:10249\n',
  ),
  'kube proxy own range': cluster(
    'networking: {podSubnet: 10.244.0.0/16}\n---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.200.0.0/16\nbindAddress: 192.0.2.10\n',
  ),
  'kube proxy unknown mode': proxy('mode: iptable\n'),
  'kube proxy zero pointers': proxy(
    'conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s}\niptables: {masqueradeBit: 0}\noomScoreAdj: 0\n',
  ),
  'kubelet bool forms': kubelet('failSwapOn: no\nprotectKernelDefaults: yes\n'),
  'kubelet case of keys': kubelet('MaxPods: 50\n'),
  'kubelet duration as nanoseconds': kubelet('syncFrequency: 60000000000\n'),
  'kubelet duration without unit': kubelet('syncFrequency: "60"\n'),
  'kubelet durations': kubelet(
    'syncFrequency: 1m30s\nstreamingConnectionIdleTimeout: 1.5h\nnodeStatusReportFrequency: 300s\nvolumeStatsAggPeriod: -1s\n',
  ),
  'kubelet eviction number': kubelet('evictionHard:\n  memory.available: 100\n'),
  'kubelet feature gates text': kubelet('featureGates: {InPlacePodVerticalScaling: "true"}\n'),
  'kubelet float whole': kubelet('maxPods: 110.0\n'),
  'kubelet float': kubelet('maxPods: 110.5\n'),
  'kubelet large number': kubelet('podsPerCore: 3000000000\n'),
  'kubelet nested null list': kubelet(
    'clusterDNS: []\nregisterWithTaints:\n- {key: a, effect: NoSchedule}\ntlsCipherSuites: null\n',
  ),
  'kubelet number as quantity': kubelet('kubeReserved: {memory: 1Gi, cpu: 0.5}\n'),
  'kubelet quantities': kubelet(
    'evictionHard: {memory.available: 100Mi, nodefs.available: "10%"}\nkubeReserved: {cpu: 100m, memory: 0.5Gi}\ncontainerLogMaxSize: 10Mi\nimageGCHighThresholdPercent: 85\n',
  ),
  'kubelet twice': kubelet(
    'maxPods: 50\n---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 60\n',
  ),
  'kubelet unknown nested field': kubelet('authentication:\n  anonymus: {enabled: false}\n'),
  'kubelet wrong api version': cluster(
    '---\napiVersion: kubelet.config.k8s.io/v1\nkind: KubeletConfiguration\nmaxPods: 50\n',
  ),
}
