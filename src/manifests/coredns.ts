import type {Cluster} from '../domain/cluster.ts'
import {dnsServiceAddress} from '../domain/endpoint.ts'
import {imagesOf} from '../domain/images.ts'
import {configMap, type KubeObject, type PodSpec, serviceAccount} from './kube-object.ts'
import {CONTROL_PLANE_LABEL} from './node-labels-and-taints.ts'
import {account, clusterRole, clusterRoleBinding} from './rbac.ts'

const NAMESPACE = 'kube-system'
const SELECTOR = {'k8s-app': 'kube-dns'}

/** CoreDNS as kubeadm deploys it, in its order. */
export const coreDnsObjects = (cluster: Cluster): readonly KubeObject[] => [
  configMap({name: 'coredns', namespace: NAMESPACE}, {Corefile: corefile(cluster.network.dnsDomain)}),
  clusterRole('system:coredns', [
    {apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch']},
    {apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch']},
  ]),
  clusterRoleBinding('system:coredns', 'system:coredns', [account(NAMESPACE, 'coredns')]),
  serviceAccount(NAMESPACE, 'coredns'),
  deployment(cluster),
  service(cluster),
]

const corefile = (domain: string): string => `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes ${domain} in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success ${domain}
       disable denial ${domain}
    }
    loop
    reload
    loadbalance
}
`

const deployment = (cluster: Cluster): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {labels: SELECTOR, name: 'coredns', namespace: NAMESPACE},
  spec: {
    replicas: 2,
    selector: {matchLabels: SELECTOR},
    strategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1}},
    template: {
      metadata: {labels: SELECTOR},
      spec: podSpec(imagesOf(cluster).coredns),
    },
  },
})

const container = (image: string): PodSpec['containers'][number] => ({
  name: 'coredns',
  image,
  imagePullPolicy: 'IfNotPresent',
  args: ['-conf', '/etc/coredns/Corefile'],
  ports: [
    {name: 'dns', containerPort: 53, protocol: 'UDP'},
    {name: 'dns-tcp', containerPort: 53, protocol: 'TCP'},
    {name: 'metrics', containerPort: 9153, protocol: 'TCP'},
    {name: 'liveness-probe', containerPort: 8080, protocol: 'TCP'},
    {name: 'readiness-probe', containerPort: 8181, protocol: 'TCP'},
  ],
  livenessProbe: {
    httpGet: {path: '/health', port: 'liveness-probe', scheme: 'HTTP'},
    initialDelaySeconds: 60,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 5,
  },
  readinessProbe: {httpGet: {path: '/ready', port: 'readiness-probe', scheme: 'HTTP'}},
  resources: {limits: {memory: '170Mi'}, requests: {cpu: '100m', memory: '70Mi'}},
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: {add: ['NET_BIND_SERVICE'], drop: ['ALL']},
    readOnlyRootFilesystem: true,
  },
  volumeMounts: [{name: 'config-volume', mountPath: '/etc/coredns', readOnly: true}],
})

const podSpec = (image: string): PodSpec => ({
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            labelSelector: {matchExpressions: [{key: 'k8s-app', operator: 'In', values: ['kube-dns']}]},
            topologyKey: 'kubernetes.io/hostname',
          },
        },
      ],
    },
  },
  containers: [container(image)],
  dnsPolicy: 'Default',
  nodeSelector: {'kubernetes.io/os': 'linux'},
  priorityClassName: 'system-cluster-critical',
  serviceAccountName: 'coredns',
  tolerations: [
    {key: 'CriticalAddonsOnly', operator: 'Exists'},
    {key: CONTROL_PLANE_LABEL, effect: 'NoSchedule'},
  ],
  volumes: [{name: 'config-volume', configMap: {name: 'coredns', items: [{key: 'Corefile', path: 'Corefile'}]}}],
})

const service = (cluster: Cluster): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    annotations: {'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true'},
    labels: {...SELECTOR, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS'},
    name: 'kube-dns',
    namespace: NAMESPACE,
  },
  spec: {
    clusterIP: dnsServiceAddress(cluster),
    ports: [
      {name: 'dns', port: 53, protocol: 'UDP', targetPort: 53},
      {name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53},
      {name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153},
    ],
    selector: SELECTOR,
  },
})
