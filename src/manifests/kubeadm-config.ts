import type {Arg, Cluster, ComponentExtra} from '../domain/cluster.ts'
import {ETCD_DATA_DIR, PKI_DIR} from '../domain/paths.ts'
import {type ConfigMap, configMap} from './kube-object.ts'
import {toYaml} from './yaml.ts'

/** ConfigMap kube-system/kubeadm-config, from which kubeadm joins, renews and upgrades. */
export const kubeadmConfigMap = (cluster: Cluster): ConfigMap =>
  configMap(
    {name: 'kubeadm-config', namespace: 'kube-system'},
    {ClusterConfiguration: toYaml(clusterConfiguration(cluster))},
  )

/** The cluster as kubeadm's own v1beta4 document; keys in kubeadm's order. */
export function clusterConfiguration(cluster: Cluster): Readonly<Record<string, unknown>> {
  const {extra, network, pki} = cluster
  return {
    apiServer: {
      ...(pki.apiServerSans.length === 0 ? {} : {certSANs: pki.apiServerSans.map(san => san.toLowerCase())}),
      ...component(extra.apiServer),
    },
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    caCertificateValidityPeriod: goHours(pki.caHours),
    certificateValidityPeriod: goHours(pki.leafHours),
    certificatesDir: PKI_DIR,
    clusterName: cluster.name,
    ...(cluster.controlPlaneEndpoint === undefined ? {} : {controlPlaneEndpoint: cluster.controlPlaneEndpoint}),
    controllerManager: component(extra.controllerManager),
    dns: {},
    encryptionAlgorithm: pki.algorithm,
    etcd: {local: {dataDir: ETCD_DATA_DIR, ...argsAndEnvs(extra.etcd)}},
    imageRepository: cluster.imageRepository,
    kind: 'ClusterConfiguration',
    kubernetesVersion: cluster.version.text,
    networking: {
      dnsDomain: network.dnsDomain,
      ...(network.podSubnets.length === 0 ? {} : {podSubnet: network.podSubnets.join(',')}),
      serviceSubnet: network.serviceSubnets.join(','),
    },
    proxy: {},
    scheduler: component(extra.scheduler),
  }
}

/** Go's spelling of a duration, as kubeadm stores it. */
const goHours = (hours: number): string => `${String(hours)}h0m0s`

const component = (extra: ComponentExtra): object => ({
  ...argsAndEnvs(extra),
  ...(extra.volumes.length === 0
    ? {}
    : {
        extraVolumes: extra.volumes.map(({name, hostPath, mountPath, readOnly, pathType}) => ({
          name,
          hostPath,
          mountPath,
          ...(readOnly ? {readOnly} : {}),
          ...(pathType === undefined ? {} : {pathType}),
        })),
      }),
})

const argsAndEnvs = ({args, envs}: ComponentExtra): object => ({
  ...(args.length === 0 ? {} : {extraArgs: pairs(args)}),
  ...(envs.length === 0 ? {} : {extraEnvs: pairs(envs)}),
})

const pairs = (list: readonly Arg[]): readonly Arg[] => list.map(({name, value}) => ({name, value}))
