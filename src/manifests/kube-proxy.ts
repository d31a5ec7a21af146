import {parseAddress} from '../domain/cidr.ts'
import type {Cluster, Node} from '../domain/cluster.ts'
import {endpointServer} from '../domain/endpoint.ts'
import {balancerOf} from '../domain/load-balancer.ts'
import {imagesOf} from '../domain/images.ts'
import {namesProxyMode} from '../domain/version.ts'
import {CONFIG_HASH_ANNOTATION, configHash, STARTED_WITH, startedWith} from './config-hash.ts'
import {type ConfigMap, configMap, type KubeObject, type PodSpec, serviceAccount} from './kube-object.ts'
import {deepMerge} from './merge.ts'
import {account, clusterRoleBinding, configMapAccess, group, TOKEN_GROUP} from './rbac.ts'
import {toYaml} from './yaml.ts'

const NAMESPACE = 'kube-system'
const SELECTOR = {'k8s-app': 'kube-proxy'}
const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount'

export interface KubeProxyInput {
  readonly cluster: Cluster
  /** The first control-plane node; its server is used where there is no control-plane endpoint. */
  readonly controlPlane: Node
  /** False where hosts may not set the kernel's connection-tracking limits, as in a container. */
  readonly setsConntrack: boolean
}

/** kube-proxy as kubeadm deploys it, in its order. */
export const kubeProxyObjects = (input: KubeProxyInput): readonly KubeObject[] => [
  kubeProxyConfigMap(input),
  daemonSet(input),
  serviceAccount(NAMESPACE, 'kube-proxy'),
  clusterRoleBinding('kubeadm:node-proxier', 'system:node-proxier', [account(NAMESPACE, 'kube-proxy')]),
  ...configMapAccess({namespace: NAMESPACE, name: 'kube-proxy'}, 'kube-proxy', [group(TOKEN_GROUP)]),
]

function kubeProxyConfigMap(input: KubeProxyInput): ConfigMap {
  const data = {'config.conf': toYaml(proxyConfig(input)), 'kubeconfig.conf': toYaml(proxyKubeconfig(input))}
  const isUsers = Object.keys(input.cluster.extra.kubeProxy).length > 0
  return configMap(
    {
      ...(isUsers ? {} : {annotations: {[CONFIG_HASH_ANNOTATION]: configHash(data)}}),
      labels: {app: 'kube-proxy'},
      name: 'kube-proxy',
      namespace: NAMESPACE,
    },
    data,
  )
}

/** The KubeProxyConfiguration; what is zero in kubeadm's is left out and means the same. */
function proxyConfig({cluster, controlPlane, setsConntrack}: KubeProxyInput): object {
  const {podSubnets} = cluster.network
  const own = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    bindAddress: parseAddress(controlPlane.address)?.family === 6 ? '::' : '0.0.0.0',
    clientConnection: {kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf'},
    ...(podSubnets.length === 0 ? {} : {clusterCIDR: podSubnets.join(',')}),
    ...(setsConntrack ? {} : {conntrack: {maxPerCore: 0, min: 0}}),
    kind: 'KubeProxyConfiguration',
    mode: namesProxyMode(cluster.version) ? 'iptables' : '',
  }
  return deepMerge(own, cluster.extra.kubeProxy)
}

const proxyKubeconfig = ({cluster, controlPlane}: KubeProxyInput): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    {
      cluster: {
        'certificate-authority': `${SERVICE_ACCOUNT_DIR}/ca.crt`,
        server: endpointServer(cluster, controlPlane),
      },
      name: 'default',
    },
  ],
  contexts: [{context: {cluster: 'default', namespace: 'default', user: 'default'}, name: 'default'}],
  'current-context': 'default',
  users: [{name: 'default', user: {tokenFile: `${SERVICE_ACCOUNT_DIR}/token`}}],
})

const daemonSet = (input: KubeProxyInput): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {labels: SELECTOR, name: 'kube-proxy', namespace: NAMESPACE},
  spec: {
    selector: {matchLabels: SELECTOR},
    template: {metadata: {labels: SELECTOR, ...startedWithConfig(input)}, spec: podSpec(input)},
    updateStrategy: {type: 'RollingUpdate'},
  },
})

/**
 * A cluster can get local load balancers or a virtual address when its pods of kube-proxy already run: they must start again with the new address
 * of the API. In other clusters, the object is the one of kubeadm.
 */
const startedWithConfig = (input: KubeProxyInput): {readonly annotations?: Readonly<Record<string, string>>} =>
  balancerOf(input.cluster) === undefined && input.cluster.virtualAddress === undefined
    ? {}
    : {annotations: {[STARTED_WITH]: startedWith(JSON.stringify(kubeProxyConfigMap(input).data))}}

const podSpec = ({cluster}: KubeProxyInput): PodSpec => ({
  containers: [
    {
      name: 'kube-proxy',
      image: imagesOf(cluster).proxy,
      imagePullPolicy: 'IfNotPresent',
      command: [
        '/usr/local/bin/kube-proxy',
        '--config=/var/lib/kube-proxy/config.conf',
        '--hostname-override=$(NODE_NAME)',
      ],
      env: [{name: 'NODE_NAME', valueFrom: {fieldRef: {fieldPath: 'spec.nodeName'}}}],
      securityContext: {privileged: true},
      volumeMounts: [
        {name: 'kube-proxy', mountPath: '/var/lib/kube-proxy'},
        {name: 'xtables-lock', mountPath: '/run/xtables.lock'},
        {name: 'lib-modules', mountPath: '/lib/modules', readOnly: true},
      ],
    },
  ],
  hostNetwork: true,
  nodeSelector: {'kubernetes.io/os': 'linux'},
  priorityClassName: 'system-node-critical',
  serviceAccountName: 'kube-proxy',
  tolerations: [{operator: 'Exists'}],
  volumes: [
    {name: 'kube-proxy', configMap: {name: 'kube-proxy'}},
    {name: 'xtables-lock', hostPath: {path: '/run/xtables.lock', type: 'FileOrCreate'}},
    {name: 'lib-modules', hostPath: {path: '/lib/modules'}},
  ],
})
