import {
  addressOf,
  ago,
  changed,
  clusterConfiguration,
  daemonSet,
  deployment,
  healthy,
  merged,
  node,
  pod,
} from '../sample-cluster.ts'
import {balanced, lacks} from './workload-faults.ts'
import {noFile, withTaint, withFreshNode, type Well} from './changes.ts'

export const WELL_CLUSTERS: readonly Well[] = [
  ['nothing is broken', () => ({})],
  ['nothing is broken and there is no file', () => ({}), noFile],
  ['each node has its own load balancer', balanced],
  [
    'only a control plane is there, and its taint was taken off',
    () => ({
      ...healthy([{name: 'master', controlPlane: true}]),
      nodes: [merged(node({name: 'master', controlPlane: true}), {spec: {taints: []}})],
    }),
    noFile,
  ],
  [
    'the cluster was made without kube-proxy and DNS, and says so',
    ({configMaps}) => ({
      daemonSets: [daemonSet('kube-flannel-ds', 'kube-flannel', 3)],
      deployments: [],
      systemPods: (healthy().systemPods ?? []).filter(one => !/kube-proxy|coredns/.test(JSON.stringify(one))),
      configMaps: {
        ...configMaps,
        proxy: 'absent',
        dns: 'absent',
        kubeadm: clusterConfiguration('proxy: {disabled: true}\ndns: {disabled: true}\n'),
      },
      accounts: {...healthy().accounts, proxy: 'absent', dns: 'absent'},
      dnsService: 'absent',
      dnsOwners: [],
      endpoints: {},
      lackingRights: [lacks('kube-proxy', 'list services'), lacks('coredns', 'list services')],
    }),
    noFile,
  ],
  [
    "somebody's own DNS has the address that pods ask",
    ({configMaps}) => ({
      deployments: [],
      systemPods: (healthy().systemPods ?? []).filter(one => !JSON.stringify(one).includes('coredns')),
      configMaps: {...configMaps, dns: 'absent'},
      dnsService: 'absent',
      dnsOwners: [{metadata: {namespace: 'dns', name: 'our-dns'}}],
      endpoints: {'kube-system/kube-dns': []},
    }),
    noFile,
  ],
  [
    'a cluster of others has no add-on of ours',
    () => ({
      daemonSets: [],
      deployments: [],
      systemPods: [],
      configMaps: {
        kubeadm: 'absent',
        kubelet: 'absent',
        proxy: 'absent',
        dns: 'absent',
        flannel: 'absent',
        info: 'absent',
      },
      accounts: {proxy: 'absent', dns: 'absent', flannel: 'absent'},
      nodes: (healthy().nodes ?? []).map(one =>
        merged(one, {spec: {taints: []}, metadata: {annotations: {'flannel.alpha.coreos.com/backend-type': 'vxlan'}}}),
      ),
      dnsService: 'absent',
      dnsOwners: undefined,
      endpoints: {'kube-system/kube-dns': []},
      lackingRights: [lacks('kube-proxy', 'list services'), lacks('joining machines', 'get configmaps kubeadm-config')],
    }),
    noFile,
  ],
  [
    'an API server that has just started knows no roles yet',
    () => ({
      readyz: {status: 500, text: '[-]poststarthook/rbac/bootstrap-roles failed: not finished\n'},
      lackingRights: [lacks('kube-proxy', 'list services'), lacks('kube-scheduler', 'list nodes')],
    }),
  ],
  ['a node has just registered', ({nodes}) => ({nodes: [...(nodes ?? []), withFreshNode()]}), noFile],
  [
    'a node is being drained',
    ({nodes, podSample}) => ({
      nodes: withTaint(
        nodes,
        'worker-1',
        {key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule'},
        {unschedulable: true},
      ),
      podSample: [
        ...(podSample ?? []),
        merged(
          pod({
            name: 'web',
            namespace: 'shop',
            node: 'worker-1',
            ip: '10.244.1.9',
            hostIp: addressOf(1),
            owner: ['ReplicaSet', 'web'],
          }),
          {metadata: {deletionTimestamp: ago(-20)}},
        ),
      ],
    }),
  ],
  [
    "kadm's own check has cordoned a node",
    ({nodes}) => ({
      nodes: changed(nodes, 'worker-1', one =>
        merged(one, {metadata: {annotations: {'kadm/verify-cordoned': '1'}}, spec: {unschedulable: true}}),
      ),
    }),
  ],
  [
    'Cilium does the work of kube-proxy and flannel',
    () => ({
      daemonSets: [daemonSet('cilium', 'kube-system', 3)],
      configMaps: {...healthy().configMaps, proxy: 'absent', flannel: 'absent'},
      systemPods: (healthy().systemPods ?? []).filter(one => !/kube-proxy|flannel/.test(JSON.stringify(one))),
      podSample: [
        pod({
          name: 'web',
          namespace: 'shop',
          node: 'worker-1',
          ip: '10.0.1.9',
          hostIp: addressOf(1),
          owner: ['ReplicaSet', 'web'],
        }),
      ],
    }),
    noFile,
  ],
  [
    'Calico has its own ranges and turns kube-proxy off',
    ({daemonSets}) => ({
      daemonSets: [
        daemonSet('calico-node', 'calico-system', 3),
        daemonSet('calico-node-windows', 'calico-system', 0),
        ...changed(daemonSets, 'kube-proxy', () =>
          daemonSet('kube-proxy', 'kube-system', 0, {nodeSelector: {'non-calico': 'true'}}),
        ),
      ].filter(one => !JSON.stringify(one).includes('flannel')),
      configMaps: {...healthy().configMaps, flannel: 'absent'},
      nodes: (healthy().nodes ?? []).map(one => merged(one, {spec: {podCIDR: undefined, podCIDRs: undefined}})),
    }),
    noFile,
  ],
  [
    'kube-proxy and DNS were left out on purpose',
    () => ({
      daemonSets: [daemonSet('kube-flannel-ds', 'kube-flannel', 3)],
      deployments: [],
      dnsService: 'absent',
      endpoints: {'kube-system/kube-dns': []},
      configMaps: {
        ...healthy().configMaps,
        kubeadm: clusterConfiguration('proxy: {disabled: true}\ndns: {disabled: true}\n'),
        proxy: 'absent',
        dns: 'absent',
      },
      systemPods: (healthy().systemPods ?? []).filter(one => !/kube-proxy|coredns/.test(JSON.stringify(one))),
    }),
    noFile,
  ],
  [
    'etcd runs elsewhere',
    ({systemPods}) => ({
      systemPods: changed(systemPods, 'etcd-master', () => undefined),
      configMaps: {
        ...healthy().configMaps,
        kubeadm: {data: {ClusterConfiguration: 'etcd: {external: {endpoints: ["https://10.0.0.5:2379"]}}'}},
      },
    }),
    noFile,
  ],
  [
    'three control planes lead in turn',
    () =>
      healthy([
        {name: 'a', controlPlane: true},
        {name: 'b', controlPlane: true},
        {name: 'c', controlPlane: true},
      ]),
    noFile,
  ],
  [
    'DNS is another Deployment behind the same Service',
    ({deployments}) => ({deployments: [...changed(deployments, 'coredns', () => undefined), deployment('dns', 2)]}),
  ],
  [
    'a Job of the system has ended',
    ({systemPods}) => ({
      systemPods: [
        ...(systemPods ?? []),
        merged(pod({name: 'migrate', owner: ['Job', 'migrate']}), {
          status: {
            phase: 'Succeeded',
            conditions: [{type: 'Ready', status: 'False'}],
            containerStatuses: [
              {
                name: 'migrate',
                ready: false,
                restartCount: 3,
                state: {terminated: {exitCode: 0, reason: 'Completed', finishedAt: ago(30)}},
              },
            ],
          },
        }),
      ],
    }),
  ],
  [
    'a worker is labelled as a control plane for the looks of it',
    ({nodes}) => ({
      nodes: changed(nodes, 'worker-1', one =>
        merged(one, {metadata: {labels: {'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/control-plane': ''}}}),
      ),
    }),
    noFile,
  ],
]
