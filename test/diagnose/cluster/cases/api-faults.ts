import {ago, changed, lease, slice} from '../sample-cluster.ts'
import {event, notReady, webhook, request, type Fault} from './changes.ts'

export const API_FAULTS: readonly Fault[] = [
  [
    'etcd has no manifest, and the API server lives on its cache',
    /^static-pod-missing: .*does not run etcd/,
    ({systemPods}) => ({systemPods: changed(systemPods, 'etcd-master', () => undefined)}),
  ],
  [
    'a static pod runs but is not ready',
    /^static-pod-down: kube-controller-manager-master/,
    ({systemPods}) => ({systemPods: changed(systemPods, 'kube-controller-manager-master', notReady)}),
  ],
  [
    'the controller manager is refused',
    /^leader-silent: kube-controller-manager has not renewed its lease for 5 min/,
    () => ({leases: [lease('kube-scheduler'), lease('kube-controller-manager', 300)]}),
  ],
  [
    'the scheduler stopped without a word',
    /^leader-silent: kube-scheduler has not renewed its lease for 90 s/,
    () => ({
      leases: [{...lease('kube-scheduler'), spec: {holderIdentity: '', leaseDurationSeconds: 1, renewTime: ago(90)}}],
    }),
  ],
  [
    'etcd does not answer',
    /^etcd-refuses: /,
    () => ({
      readyz: {
        status: 500,
        text: '[+]ping ok\n[-]etcd failed: reason withheld\n[-]etcd-readiness failed: reason withheld\nreadyz check failed',
      },
    }),
  ],
  [
    'an aggregated API is away',
    /^api-service-down: the API v1beta1\.metrics\.k8s\.io .* Service kube-system\/metrics-server/,
    () => ({
      apiServices: [
        {
          metadata: {name: 'v1beta1.metrics.k8s.io'},
          spec: {service: {namespace: 'kube-system', name: 'metrics-server'}},
          status: {
            conditions: [
              {
                type: 'Available',
                status: 'False',
                reason: 'ServiceNotFound',
                message: 'service/metrics-server in "kube-system" is not present',
                lastTransitionTime: ago(600),
              },
            ],
          },
        },
      ],
    }),
  ],
  [
    'a webhook has nothing behind it',
    /^webhook-down: ValidatingWebhookConfiguration guard refuses CREATE of pods: its Service policy\/guard has no ready endpoints/,
    ({endpoints}) => ({webhooks: [webhook('Fail')], endpoints: {...endpoints, 'policy/guard': []}}),
  ],
  [
    'a webhook has only pods that are not ready',
    /^webhook-down: /,
    ({endpoints}) => ({webhooks: [webhook('Fail')], endpoints: {...endpoints, 'policy/guard': [slice([false])]}}),
  ],
  [
    'a quota refuses pods of the system',
    /^pods-refused: ReplicaSet kube-system\/metrics-1 cannot create its pods/,
    () => ({
      warnings: [
        event('FailedCreate', 'Error creating: exceeded quota: none', {
          kind: 'ReplicaSet',
          namespace: 'kube-system',
          name: 'metrics-1',
          uid: 'rs',
        }),
      ],
      owners: {rs: {spec: {replicas: 1}, status: {replicas: 0}}},
    }),
  ],
  [
    "a webhook that answers by an address refuses a user's pods",
    /^pods-refused: ReplicaSet shop\/web-1/,
    () => ({
      warnings: [
        event(
          'FailedCreate',
          'Error creating: Internal error occurred: failed calling webhook "x": Post "https://10.0.0.9": connect: connection refused',
          {kind: 'ReplicaSet', namespace: 'shop', name: 'web-1', uid: 'rs'},
        ),
      ],
      owners: {rs: {spec: {replicas: 2}, status: {}}},
    }),
  ],
  [
    'nobody approves a kubelet',
    /^request-pending: a kubelet waits for its certificate/,
    () => ({signingRequests: [request('csr-1', 600)]}),
  ],
  ...(['kubeadm', 'kubelet', 'info'] as const).map((key): Fault => [
    `ConfigMap ${key} is gone`,
    /^config-missing: /,
    ({configMaps}) => ({configMaps: {...configMaps, [key]: 'absent'}}),
  ]),
  ...(['proxy', 'dns'] as const).map((key): Fault => [
    `ConfigMap of ${key} is gone`,
    /^config-of-pods-missing: /,
    whole => ({configMaps: {...whole.configMaps, [key]: 'absent'}}),
  ]),
]
