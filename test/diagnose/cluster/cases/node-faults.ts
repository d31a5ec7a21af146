import {ago, changed, merged} from '../sample-cluster.ts'
import {withCondition, withTaint, type Fault} from './changes.ts'

export const NODE_FAULTS: readonly Fault[] = [
  [
    'a host of the file is no node',
    /^node-missing: .*worker-2/,
    ({nodes}) => ({nodes: changed(nodes, 'worker-2', () => undefined)}),
  ],
  [
    'a worker is a control plane',
    /^node-role: node worker-1 is a worker in your file/,
    ({nodes}) => ({
      nodes: changed(nodes, 'worker-1', one =>
        merged(one, {metadata: {labels: {'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/control-plane': ''}}}),
      ),
    }),
  ],
  [
    'a kubelet is not heard from',
    /^node-not-ready: node worker-1 has not reported for 5 min/,
    ({nodes}) => ({
      nodes: withCondition(nodes, 'worker-1', 'Ready', {
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: ago(300),
      }),
    }),
  ],
  [
    'a kubelet is not ready',
    /^node-not-ready: node worker-1 is not ready/,
    ({nodes}) => ({
      nodes: withCondition(nodes, 'worker-1', 'Ready', {
        status: 'False',
        message: 'container runtime is down',
        lastTransitionTime: ago(10),
      }),
    }),
  ],
  ...(['DiskPressure', 'MemoryPressure', 'PIDPressure'] as const).map((type): Fault => [
    `${type} on a node`,
    /^node-pressure: node worker-2 is running out of/,
    ({nodes}) => ({nodes: withCondition(nodes, 'worker-2', type, {status: 'True', message: 'too little'})}),
  ]),
  [
    'a node has no network',
    /^node-network: .*worker-1/,
    ({nodes}) => ({
      nodes: withCondition(nodes, 'worker-1', 'NetworkUnavailable', {status: 'True', reason: 'NoRouteCreated'}),
    }),
  ],
  [
    'a kubelet is newer than the API',
    /^version-skew: .*worker-1 is v1\.38\.0, newer/,
    ({nodes}) => ({
      nodes: changed(nodes, 'worker-1', one => merged(one, {status: {nodeInfo: {kubeletVersion: 'v1.38.0'}}})),
    }),
  ],
  [
    'a kubelet is too old',
    /^version-skew: .*worker-1 is v1\.33\.1, more than three/,
    ({nodes}) => ({
      nodes: changed(nodes, 'worker-1', one => merged(one, {status: {nodeInfo: {kubeletVersion: 'v1.33.1'}}})),
    }),
  ],
  [
    'a node is cordoned',
    /^node-cordoned: node worker-1 has been cordoned for 10 min/,
    ({nodes}) => ({
      nodes: withTaint(
        nodes,
        'worker-1',
        {key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: ago(600)},
        {unschedulable: true},
      ),
    }),
  ],
  [
    'a taint of a past state is left',
    /^taint-left: node worker-1 is ready but still/,
    ({nodes}) => ({nodes: withTaint(nodes, 'worker-1', {key: 'node.kubernetes.io/not-ready', effect: 'NoExecute'})}),
  ],
  [
    "a worker has a control plane's taint",
    /^worker-taint: worker worker-1/,
    ({nodes}) => ({
      nodes: withTaint(nodes, 'worker-1', {key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule'}),
    }),
  ],
  [
    'a node waits for a cloud',
    /^node-uninitialized: node worker-1/,
    ({nodes}) => ({
      nodes: withTaint(nodes, 'worker-1', {
        key: 'node.cloudprovider.kubernetes.io/uninitialized',
        value: 'true',
        effect: 'NoSchedule',
      }),
    }),
  ],
  [
    'a node has a taint that the file has not',
    /^taint-differs: node worker-1 has the taint a=b:NoExecute/,
    ({nodes}) => ({nodes: withTaint(nodes, 'worker-1', {key: 'a', value: 'b', effect: 'NoExecute'})}),
  ],
  [
    "the control plane's taint is gone",
    /^taint-differs: node master does not have the taint/,
    ({nodes}) => ({nodes: changed(nodes, 'master', one => merged(one, {spec: {taints: []}}))}),
  ],
  [
    'kube-proxy is gone',
    /^workload-missing: .*DaemonSet kube-system\/kube-proxy/,
    ({daemonSets}) => ({daemonSets: changed(daemonSets, 'kube-proxy', () => undefined)}),
  ],
]
