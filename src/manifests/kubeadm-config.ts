import type {Arg, Cluster, ComponentExtra} from '../domain/cluster.ts'
import {goDuration} from '../domain/duration.ts'
import {etcdDataDir, hasCoreDns, hasKubeProxy, pkiDir} from '../domain/kubeadm-places.ts'
import {VIP_NOTE} from '../domain/virtual-address.ts'
import {type ConfigMap, configMap, type Metadata} from './kube-object.ts'
import {toYaml} from './yaml.ts'

const HOUR_MS = 3_600_000

/** ConfigMap kube-system/kubeadm-config, from which kubeadm joins, renews and upgrades. */
export const kubeadmConfigMap = (cluster: Cluster): ConfigMap =>
  configMap(
    {name: 'kubeadm-config', namespace: 'kube-system', ...noteOfVip(cluster)},
    {ClusterConfiguration: toYaml(clusterConfiguration(cluster))},
  )

const noteOfVip = ({virtualAddress}: Cluster): Pick<Metadata, 'annotations'> =>
  virtualAddress === undefined ? {} : {annotations: {[VIP_NOTE]: JSON.stringify(virtualAddress)}}

/** The cluster as kubeadm's own v1beta4 document; keys in kubeadm's order. */
export function clusterConfiguration(cluster: Cluster): Readonly<Record<string, unknown>> {
  const {extra, kubeadm, network, pki} = cluster
  return {
    apiServer: {
      ...(pki.apiServerSans.length === 0 ? {} : {certSANs: pki.apiServerSans.map(san => san.toLowerCase())}),
      ...component(extra.apiServer),
    },
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    caCertificateValidityPeriod: goDuration(pki.caHours * HOUR_MS),
    certificateValidityPeriod: goDuration(pki.leafHours * HOUR_MS),
    certificatesDir: pkiDir(cluster),
    clusterName: cluster.name,
    ...(cluster.controlPlaneEndpoint === undefined ? {} : {controlPlaneEndpoint: cluster.controlPlaneEndpoint}),
    controllerManager: component(extra.controllerManager),
    dns: {...imageMeta(kubeadm?.dns), ...(hasCoreDns(cluster) ? {} : {disabled: true})},
    encryptionAlgorithm: pki.algorithm,
    etcd: etcd(cluster),
    imageRepository: cluster.imageRepository,
    kind: 'ClusterConfiguration',
    kubernetesVersion: cluster.version.text,
    networking: {
      dnsDomain: network.dnsDomain,
      ...(network.podSubnets.length === 0 ? {} : {podSubnet: network.podSubnets.join(',')}),
      serviceSubnet: network.serviceSubnets.join(','),
    },
    proxy: hasKubeProxy(cluster) ? {} : {disabled: true},
    scheduler: component(extra.scheduler),
  }
}

function etcd(cluster: Cluster): object {
  const {externalEtcd, etcd: local} = cluster.kubeadm ?? {}
  if (externalEtcd !== undefined) {
    const {endpoints, httpEndpoints = endpoints, caFile = '', certFile = '', keyFile = ''} = externalEtcd
    return {external: {caFile, certFile, endpoints, httpEndpoints, keyFile}}
  }
  return {
    local: {
      dataDir: etcdDataDir(cluster),
      ...argsAndEnvs(cluster.extra.etcd),
      ...imageMeta(local),
      ...filled('peerCertSANs', local?.peerCertSans),
      ...filled('serverCertSANs', local?.serverCertSans),
    },
  }
}

const filled = (key: string, list: readonly string[] = []): object => (list.length === 0 ? {} : {[key]: list})

const imageMeta = (
  image: {readonly imageRepository?: string | undefined; readonly imageTag?: string | undefined} = {},
) => ({
  ...(image.imageRepository === undefined ? {} : {imageRepository: image.imageRepository}),
  ...(image.imageTag === undefined ? {} : {imageTag: image.imageTag}),
})

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
  ...(envs.length === 0
    ? {}
    : {
        extraEnvs: envs.map(({name, value, valueFrom}) =>
          valueFrom === undefined ? {name, value} : {name, valueFrom},
        ),
      }),
})

const pairs = (list: readonly Arg[]): readonly Arg[] => list.map(({name, value}) => ({name, value}))
