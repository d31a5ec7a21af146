import {changed, daemonSet, deployment, merged, slice} from '../sample-cluster.ts'
import {type Fault} from './changes.ts'

export const WORKLOAD_FAULTS: readonly Fault[] = [
  [
    'kube-proxy and all that belongs to it are gone',
    /^workload-missing: .*kube-proxy/,
    ({daemonSets, configMaps}) => ({
      daemonSets: changed(daemonSets, 'kube-proxy', () => undefined),
      configMaps: {...configMaps, proxy: 'absent'},
    }),
  ],
  [
    'flannel is gone',
    /^workload-missing: .*DaemonSet kube-flannel\/kube-flannel-ds/,
    ({daemonSets}) => ({daemonSets: changed(daemonSets, 'kube-flannel-ds', () => undefined)}),
  ],
  [
    'CoreDNS is gone',
    /^workload-missing: .*Deployment kube-system\/coredns/,
    ({deployments}) => ({
      deployments: changed(deployments, 'coredns', () => undefined),
      endpoints: {'kube-system/kube-dns': [slice([])]},
    }),
  ],
  [
    'CoreDNS is scaled to 0',
    /^dns-scaled-to-0: /,
    () => ({deployments: [deployment('coredns', 0)], endpoints: {'kube-system/kube-dns': []}}),
  ],
  [
    'a DaemonSet is meant for no node',
    /^daemonset-narrow: DaemonSet kube-system\/kube-proxy is meant for 0 of 3/,
    ({daemonSets}) => ({
      daemonSets: changed(daemonSets, 'kube-proxy', () => daemonSet('kube-proxy', 'kube-system', 0)),
    }),
  ],
  [
    'a pod of kube-proxy is not there',
    /^daemonset-pods: DaemonSet kube-system\/kube-proxy has no pod that works on worker-1$/,
    ({daemonSets, systemPods}) => ({
      systemPods: changed(systemPods, 'kube-proxy-worker-1', () => undefined),
      daemonSets: changed(daemonSets, 'kube-proxy', one => merged(one, {status: {numberReady: 2}})),
    }),
  ],
  [
    'the Service of DNS is gone',
    /^dns-service: there is no Service/,
    () => ({dnsService: 'absent', endpoints: {'kube-system/kube-dns': []}}),
  ],
  [
    'the Service of DNS selects nothing',
    /^dns-service: nothing stands behind/,
    () => ({endpoints: {'kube-system/kube-dns': []}}),
  ],
  [
    'CoreDNS has too few pods',
    /^deployment-pods: Deployment kube-system\/coredns has 1 of 2/,
    ({systemPods}) => ({
      deployments: [deployment('coredns', 2, 1)],
      systemPods: changed(systemPods, 'coredns-5d78c9869d-1', () => undefined),
    }),
  ],
  [
    'the scheduler has no manifest',
    /^static-pod-missing: control plane master runs no kube-scheduler: new pods find no node$/,
    ({systemPods}) => ({systemPods: changed(systemPods, 'kube-scheduler-master', () => undefined)}),
  ],
]
