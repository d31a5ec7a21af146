import {type ConfigMap, configMap} from './kube-object.ts'
import {toYaml} from './yaml.ts'

export interface ClusterInfoInput {
  /** The API's address for clients. */
  readonly server: string
  /** The cluster's CA certificate. */
  readonly caPem: string
}

/** ConfigMap kube-public/cluster-info. The controller manager adds a signature for every bootstrap token. */
export const clusterInfoConfigMap = (input: ClusterInfoInput): ConfigMap =>
  configMap({name: 'cluster-info', namespace: 'kube-public'}, {kubeconfig: clusterInfoKubeconfig(input)})

/** The kubeconfig without a user that joining machines are given; its exact bytes are what is signed. */
export const clusterInfoKubeconfig = ({server, caPem}: ClusterInfoInput): string =>
  toYaml({
    apiVersion: 'v1',
    clusters: [{cluster: {'certificate-authority-data': Buffer.from(caPem).toString('base64'), server}, name: ''}],
    contexts: [],
    'current-context': '',
    kind: 'Config',
    users: [],
  })
