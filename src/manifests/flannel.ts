import {parseCidr} from '../domain/cidr.ts'
import type {Cluster} from '../domain/cluster.ts'
import type {HostPort} from '../domain/endpoint.ts'
import {flannelImage} from '../domain/releases.ts'
import {configMap, type KubeObject, type PodSpec, serviceAccount} from './kube-object.ts'
import {account, clusterRole, clusterRoleBinding} from './rbac.ts'

const NAMESPACE = 'kube-flannel'
const LABELS = {app: 'flannel', 'k8s-app': 'flannel', tier: 'node'}
const SELECTOR = {app: 'flannel', 'k8s-app': 'flannel'}

export interface FlannelOptions {
  readonly cluster: Cluster
  /** Default the pinned release from its own registry. */
  readonly image?: string
  /**
   * The API's own address, so that flannel need not wait for kube-proxy to route that of the service: the two start at the same
   * time, and a flannel that came first would give up after 30 s and be started again later.
   */
  readonly api?: HostPort
}

/**
 * flannel with vxlan, as its own manifest has it but for two things: the node's CNI file comes from containerd's
 * template (so no init containers), and every node's traffic uses the address the node is known by.
 */
export const flannelObjects = ({cluster, image = flannelImage(), api}: FlannelOptions): readonly KubeObject[] => [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {labels: {'k8s-app': 'flannel', 'pod-security.kubernetes.io/enforce': 'privileged'}, name: NAMESPACE},
  },
  serviceAccount(NAMESPACE, 'flannel'),
  clusterRole('flannel', [
    {apiGroups: [''], resources: ['pods'], verbs: ['get']},
    {apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch']},
    {apiGroups: [''], resources: ['nodes/status'], verbs: ['patch']},
  ]),
  clusterRoleBinding('flannel', 'flannel', [account(NAMESPACE, 'flannel')]),
  configMap(
    {labels: LABELS, name: 'kube-flannel-cfg', namespace: NAMESPACE},
    {'cni-conf.json': json(cniConfig()), 'net-conf.json': json(networkConfig(cluster))},
  ),
  daemonSet(image, api),
]

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`

/** Kept for whoever installs flannel's own CNI plugin; kadm's nodes do not read it. */
const cniConfig = (): object => ({
  name: 'cbr0',
  cniVersion: '0.3.1',
  plugins: [
    {type: 'flannel', delegate: {hairpinMode: true, isDefaultGateway: true}},
    {type: 'portmap', capabilities: {portMappings: true}},
  ],
})

function networkConfig(cluster: Cluster): object {
  const range = (family: 4 | 6): string | undefined =>
    cluster.network.podSubnets.find(subnet => parseCidr(subnet)?.family === family)
  const [ipv4, ipv6] = [range(4), range(6)]
  return {
    ...(ipv4 === undefined ? {EnableIPv4: false} : {Network: ipv4}),
    ...(ipv6 === undefined ? {} : {EnableIPv6: true, IPv6Network: ipv6}),
    EnableNFTables: false,
    Backend: {Type: 'vxlan'},
  }
}

const daemonSet = (image: string, api: HostPort | undefined): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {labels: LABELS, name: 'kube-flannel-ds', namespace: NAMESPACE},
  spec: {selector: {matchLabels: SELECTOR}, template: {metadata: {labels: LABELS}, spec: podSpec(image, api)}},
})

const container = (image: string, api: HostPort | undefined): PodSpec['containers'][number] => ({
  name: 'kube-flannel',
  image,
  imagePullPolicy: 'IfNotPresent',
  command: ['/opt/bin/flanneld'],
  args: ['--ip-masq', '--kube-subnet-mgr', '--iface=$(NODE_IP)'],
  env: [
    {name: 'POD_NAME', valueFrom: {fieldRef: {fieldPath: 'metadata.name'}}},
    {name: 'POD_NAMESPACE', valueFrom: {fieldRef: {fieldPath: 'metadata.namespace'}}},
    {name: 'NODE_IP', valueFrom: {fieldRef: {fieldPath: 'status.hostIP'}}},
    ...(api === undefined
      ? []
      : [
          {name: 'KUBERNETES_SERVICE_HOST', value: api.host},
          {name: 'KUBERNETES_SERVICE_PORT', value: String(api.port)},
        ]),
    {name: 'EVENT_QUEUE_DEPTH', value: '5000'},
    {name: 'CONT_WHEN_CACHE_NOT_READY', value: 'false'},
  ],
  resources: {requests: {cpu: '100m', memory: '50Mi'}},
  securityContext: {privileged: false, capabilities: {add: ['NET_ADMIN', 'NET_RAW']}},
  volumeMounts: [
    {name: 'run', mountPath: '/run/flannel'},
    {name: 'flannel-cfg', mountPath: '/etc/kube-flannel/'},
    {name: 'xtables-lock', mountPath: '/run/xtables.lock'},
  ],
})

const podSpec = (image: string, api: HostPort | undefined): PodSpec => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{matchExpressions: [{key: 'kubernetes.io/os', operator: 'In', values: ['linux']}]}],
      },
    },
  },
  containers: [container(image, api)],
  hostNetwork: true,
  priorityClassName: 'system-node-critical',
  serviceAccountName: 'flannel',
  // A node with any taint, also of effect NoExecute, needs its network.
  tolerations: [{operator: 'Exists'}],
  volumes: [
    {name: 'run', hostPath: {path: '/run/flannel'}},
    {name: 'flannel-cfg', configMap: {name: 'kube-flannel-cfg'}},
    {name: 'xtables-lock', hostPath: {path: '/run/xtables.lock', type: 'FileOrCreate'}},
  ],
})
