import {healthy, changed, daemonSet, deployment, lease, merged, pod, slice} from '../sample-cluster.ts'
import {file, event, webhook, request, type Well} from './changes.ts'

export const WELL_MOMENTS: readonly Well[] = [
  [
    'a pod of the system has just been made',
    ({systemPods, deployments}) => ({
      deployments: [...(deployments ?? []), deployment('metrics', 1, 0)],
      systemPods: [
        ...(systemPods ?? []),
        merged(pod({name: 'metrics-5d78c9869d-x', age: 20, owner: ['ReplicaSet', 'metrics-5d78c9869d']}), {
          status: {
            phase: 'Pending',
            containerStatuses: [],
            conditions: [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable'}],
          },
        }),
      ],
    }),
  ],
  [
    'a node was deleted and came back with its pods, which the status of a DaemonSet does not count yet',
    ({daemonSets}) => ({
      daemonSets: changed(daemonSets, 'kube-proxy', () => daemonSet('kube-proxy', 'kube-system', 2)),
    }),
  ],
  [
    'kube-proxy is being rolled out',
    ({systemPods, daemonSets}) => ({
      systemPods: [
        ...changed(systemPods, 'kube-proxy-worker-1', () => undefined),
        merged(pod({name: 'kube-proxy-new', node: 'worker-2', age: 5, owner: ['DaemonSet', 'kube-proxy']}), {}),
      ],
      daemonSets: changed(daemonSets, 'kube-proxy', one => merged(one, {status: {numberReady: 2}})),
    }),
  ],
  [
    "a user's Deployment of the system is scaled to 0",
    ({deployments}) => ({deployments: [...(deployments ?? []), deployment('metrics', 0)]}),
  ],
  [
    'a webhook may fail',
    ({endpoints}) => ({webhooks: [webhook('Ignore')], endpoints: {...endpoints, 'policy/guard': []}}),
  ],
  [
    'a webhook has just been made',
    ({endpoints}) => ({webhooks: [webhook('Fail', 20)], endpoints: {...endpoints, 'policy/guard': []}}),
  ],
  [
    'a webhook answers',
    ({endpoints}) => ({webhooks: [webhook('Fail')], endpoints: {...endpoints, 'policy/guard': [slice([true])]}}),
  ],
  [
    'what could not make its pod has it now',
    () => ({
      warnings: [
        event('FailedCreate', 'Error creating: failed calling webhook "x"', {
          kind: 'ReplicaSet',
          namespace: 'kube-system',
          name: 'metrics-1',
          uid: 'rs',
        }),
      ],
      owners: {rs: {spec: {replicas: 1}, status: {replicas: 1}}},
    }),
  ],
  [
    "a policy refuses a user's pod",
    () => ({
      warnings: [
        event('FailedCreate', 'pods "x" is forbidden: violates PodSecurity "restricted:latest"', {
          kind: 'ReplicaSet',
          namespace: 'shop',
          name: 'web-1',
          uid: 'rs',
        }),
      ],
      owners: {rs: {spec: {replicas: 1}, status: {}}},
    }),
  ],
  [
    'a kubelet was answered the second time',
    () => ({
      signingRequests: [
        request('csr-1', 600),
        request('csr-2', 500, {certificate: 'x', conditions: [{type: 'Approved'}]}),
      ],
    }),
  ],
  [
    'a leader does without a lease',
    ({systemPods}) => ({
      leases: [lease('kube-scheduler', 9000)],
      systemPods: changed(systemPods, 'kube-scheduler-master', one =>
        merged(one, {spec: {containers: [{command: ['kube-scheduler', '--leader-elect=false']}]}}),
      ),
    }),
  ],
  [
    'the API server has just started',
    () => ({
      readyz: {
        status: 500,
        text: '[+]ping ok\n[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\nreadyz check failed',
      },
    }),
  ],
  [
    'the pod network of the file is the users own',
    ({daemonSets}) => ({
      daemonSets: changed(daemonSets, 'kube-flannel-ds', () => undefined),
      configMaps: {...healthy().configMaps, flannel: 'absent'},
    }),
    {...file, podNetwork: 'file'},
  ],
  [
    'a host of the file is known by its address only',
    () => ({}),
    {...file, hosts: (file.hosts ?? []).map(host => ({...host, name: undefined}))},
  ],
  ['the cluster has more nodes than the file', () => ({}), {...file, hosts: (file.hosts ?? []).slice(0, 2)}],
  [
    'nothing could be read but the nodes',
    () => ({
      version: undefined,
      readyz: undefined,
      systemPods: undefined,
      podSample: undefined,
      daemonSets: undefined,
      deployments: undefined,
      configMaps: {},
      dnsService: undefined,
      leases: undefined,
      warnings: undefined,
      apiServices: undefined,
      webhooks: undefined,
      signingRequests: undefined,
      endpoints: {},
      owners: {},
    }),
  ],
  [
    'nothing could be read at all',
    () => ({
      nodes: undefined,
      systemPods: undefined,
      daemonSets: undefined,
      deployments: undefined,
      configMaps: {},
      endpoints: {},
    }),
  ],
]
