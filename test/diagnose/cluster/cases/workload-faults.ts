import type {LackingRight} from '../../../../src/diagnose/cluster/read-rights.ts'
import type {Who} from '../../../../src/diagnose/cluster/rights.ts'
import {nameOf} from '../../../../src/kube/json.ts'
import type {ClusterSnapshot} from '../../../../src/diagnose/cluster/snapshot.ts'
import {
  changed,
  clusterConfiguration,
  daemonSet,
  deployment,
  healthy,
  merged,
  pod,
  slice,
  THREE,
} from '../sample-cluster.ts'
import {type Fault} from './changes.ts'

export const lacks = (who: Who, what: string): LackingRight => ({who, user: `system:serviceaccount:${who}`, what})

/** A cluster whose nodes have their own load balancers. */
export const balanced = (): Pick<ClusterSnapshot, 'configMaps' | 'systemPods'> => ({
  configMaps: {
    ...healthy().configMaps,
    kubeadm: clusterConfiguration('controlPlaneEndpoint: api.kadm.internal:7443\n'),
  },
  systemPods: [
    ...(healthy().systemPods ?? []),
    ...THREE.map(({name}) => pod({name: `kadm-haproxy-${name}`, node: name, owner: ['Node', name], mirror: true})),
  ],
})

export const WORKLOAD_FAULTS: readonly Fault[] = [
  [
    'a node has no load balancer of its own',
    /^load-balancer-missing: worker-2 runs no load balancer, so service routing and the pod network there do not reach/,
    () => ({...balanced(), systemPods: changed(balanced().systemPods, 'kadm-haproxy-worker-2', () => undefined)}),
  ],
  [
    'the load balancer of a node is not ready',
    /^static-pod-down: kadm-haproxy-worker-1 runs but is not ready$/,
    () => ({
      ...balanced(),
      systemPods: changed(balanced().systemPods, 'kadm-haproxy-worker-1', one =>
        merged(one, {status: {conditions: [{type: 'Ready', status: 'False'}]}}),
      ),
    }),
  ],
  [
    'kube-proxy and all that belongs to it are gone',
    /^workload-missing: .*kube-proxy/,
    ({daemonSets, configMaps}) => ({
      daemonSets: changed(daemonSets, 'kube-proxy', () => undefined),
      configMaps: {...configMaps, proxy: 'absent'},
    }),
  ],
  [
    'CoreDNS and all that belongs to it are gone',
    /^workload-missing: .*Deployment kube-system\/coredns/,
    ({deployments, configMaps}) => ({
      deployments: changed(deployments, 'coredns', () => undefined),
      configMaps: {...configMaps, dns: 'absent'},
      accounts: {...healthy().accounts, dns: 'absent'},
      dnsService: 'absent',
      dnsOwners: [],
      endpoints: {'kube-system/kube-dns': []},
    }),
  ],
  [
    'kube-proxy is gone with its ConfigMap and its account',
    /^workload-missing: .*kube-proxy/,
    ({daemonSets, configMaps}) => ({
      daemonSets: changed(daemonSets, 'kube-proxy', () => undefined),
      configMaps: {...configMaps, proxy: 'absent'},
      accounts: {...healthy().accounts, proxy: 'absent'},
    }),
  ],
  [
    'kube-proxy lost its binding',
    /^rights-missing: kube-proxy cannot list services, list endpointslices: services do not follow/,
    () => ({lackingRights: [lacks('kube-proxy', 'list services'), lacks('kube-proxy', 'list endpointslices')]}),
  ],
  [
    'flannel lost its binding',
    /^rights-missing: flannel cannot patch nodes\/status: /,
    () => ({lackingRights: [lacks('flannel', 'patch nodes/status')]}),
  ],
  [
    'CoreDNS lost its binding',
    /^rights-missing: coredns cannot list namespaces: /,
    () => ({lackingRights: [lacks('coredns', 'list namespaces')]}),
  ],
  [
    'the scheduler lost its role',
    /^rights-missing: kube-scheduler cannot create pods\/binding: new pods are not scheduled$/,
    () => ({lackingRights: [lacks('kube-scheduler', 'create pods/binding')]}),
  ],
  [
    'kubelets may not renew their certificates',
    /^rights-missing: kubelets cannot create .*selfnodeclient: .*not renewed/,
    () => ({lackingRights: [lacks('kubelets', 'create certificatesigningrequests/selfnodeclient')]}),
  ],
  [
    'the API server may not ask kubelets',
    /^rights-missing: the API server cannot create nodes\/proxy: logs, exec/,
    () => ({lackingRights: [lacks('the API server', 'create nodes/proxy')]}),
  ],
  [
    'the account of kube-proxy is gone, and with it all its rights',
    /^account-missing: ServiceAccount kube-system\/kube-proxy does not exist: /,
    ({accounts}) => ({
      accounts: {...accounts, proxy: 'absent'},
      lackingRights: [lacks('kube-proxy', 'list services')],
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
    /^daemonset-narrow: DaemonSet kube-system\/kube-proxy selects only 0 of 3/,
    ({daemonSets, systemPods}) => ({
      daemonSets: changed(daemonSets, 'kube-proxy', () => daemonSet('kube-proxy', 'kube-system', 0)),
      systemPods: systemPods?.filter(pod => !nameOf(pod).startsWith('kube-proxy-')),
    }),
  ],
  [
    'a pod of kube-proxy is not there',
    /^daemonset-pods: DaemonSet kube-system\/kube-proxy does not have a ready pod on worker-1$/,
    ({daemonSets, systemPods}) => ({
      systemPods: changed(systemPods, 'kube-proxy-worker-1', () => undefined),
      daemonSets: changed(daemonSets, 'kube-proxy', one => merged(one, {status: {numberReady: 2}})),
    }),
  ],
  [
    'the Service of DNS is gone',
    /^dns-service: Service/,
    () => ({dnsService: 'absent', endpoints: {'kube-system/kube-dns': []}}),
  ],
  [
    'the Service of DNS selects nothing',
    /^dns-service: Service .* has no ready endpoints/,
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
    /^static-pod-missing: control plane master does not run kube-scheduler: new pods are not scheduled$/,
    ({systemPods}) => ({systemPods: changed(systemPods, 'kube-scheduler-master', () => undefined)}),
  ],
]
