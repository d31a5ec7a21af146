import {addressOf, ago, changed, merged, pod} from '../sample-cluster.ts'
import {event, waiting, type Fault} from './changes.ts'

export const POD_FAULTS: readonly Fault[] = [
  [
    'kube-proxy crashes on each node',
    /^pod-trouble: pod kube-system\/kube-proxy-master and 2 more of DaemonSet\/kube-proxy keeps crashing on master, worker-1, worker-2$/,
    ({systemPods, daemonSets}) => ({
      systemPods: (systemPods ?? []).map(one =>
        JSON.stringify(one).includes('"kube-proxy-')
          ? merged(one, {status: waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container')})
          : one,
      ),
      daemonSets: changed(daemonSets, 'kube-proxy', one => merged(one, {status: {numberReady: 0, numberAvailable: 0}})),
    }),
  ],
  [
    'an image is not to be had',
    /^pod-trouble: pod kube-system\/coredns-5d78c9869d-0 cannot pull its image on master$/,
    ({systemPods}) => ({
      systemPods: changed(systemPods, 'coredns-5d78c9869d-0', one =>
        merged(one, {status: waiting('ImagePullBackOff', 'dial tcp: lookup registry: no such host')}),
      ),
    }),
  ],
  [
    'a pod is between two crashes',
    /^pod-trouble: .*keeps crashing/,
    ({systemPods}) => ({
      systemPods: changed(systemPods, 'coredns-5d78c9869d-0', one =>
        merged(one, {
          status: {
            containerStatuses: [
              {
                name: 'coredns',
                ready: false,
                restartCount: 4,
                state: {running: {startedAt: ago(3)}},
                lastState: {terminated: {exitCode: 1, finishedAt: ago(20)}},
              },
            ],
          },
        }),
      ),
    }),
  ],
  [
    'a pod of the system finds no node',
    /^pod-trouble: .*is not scheduled$/,
    ({systemPods}) => ({
      systemPods: [
        ...(systemPods ?? []),
        merged(pod({name: 'metrics-x', owner: ['ReplicaSet', 'metrics']}), {
          status: {
            phase: 'Pending',
            containerStatuses: [],
            conditions: [
              {type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available'},
            ],
          },
        }),
      ],
    }),
  ],
  [
    'a pod waits for its sandbox',
    /^pod-trouble: .*does not start on worker-1$/,
    ({systemPods}) => ({
      systemPods: [
        ...(systemPods ?? []),
        merged(pod({name: 'dns-x', node: 'worker-1', owner: ['ReplicaSet', 'dns']}), {
          status: {
            phase: 'Pending',
            containerStatuses: [{name: 'dns', state: {waiting: {reason: 'ContainerCreating'}}}],
          },
        }),
      ],
    }),
  ],
  [
    "pods have addresses of somebody else's network",
    /^pod-address: pods on worker-1 get addresses outside its range 10\.244\.1\.0\/24/,
    () => ({
      podSample: [
        pod({
          name: 'web',
          namespace: 'shop',
          node: 'worker-1',
          ip: '10.88.0.2',
          hostIp: addressOf(1),
          owner: ['ReplicaSet', 'web'],
        }),
      ],
    }),
  ],
  [
    'a node has no range',
    /^node-range: node worker-2/,
    ({nodes}) => ({nodes: changed(nodes, 'worker-2', one => merged(one, {spec: {podCIDR: undefined, podCIDRs: []}}))}),
  ],
  [
    'the sandbox of a pod is refused, and the cluster says why',
    /^pod-trouble: pod kube-system\/dns-x does not start on worker-1$/,
    ({systemPods}) => ({
      systemPods: [
        ...(systemPods ?? []),
        merged(pod({name: 'dns-x', node: 'worker-1', age: 25, owner: ['ReplicaSet', 'dns']}), {
          status: {phase: 'Pending', containerStatuses: []},
        }),
      ],
      warnings: [
        event('FailedCreatePodSandBox', 'failed to find plugin "cilium-cni" in path [/opt/cni/bin]', {
          kind: 'Pod',
          namespace: 'kube-system',
          name: 'dns-x',
        }),
      ],
    }),
  ],
]
