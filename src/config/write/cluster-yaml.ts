import {parseAllDocuments, stringify} from 'yaml'

import type {Cluster, HostSpec, Source} from '../../domain/cluster.ts'
import {splitHostPort} from '../../domain/endpoint.ts'
import {BALANCER_PORT, balancerOf} from '../../domain/load-balancer.ts'
import type {Proxy} from '../../domain/online-source.ts'
import {formatHours} from '../rules/duration.ts'
import {API_VERSIONS} from '../documents/file-documents.ts'
import {formatTaint} from '../rules/taint.ts'
import {clusterBody, defined, filled, initBody, joinBody, said} from './kubeadm-bodies.ts'

/** A cluster as a full `kadm.yaml` with every setting. The inverse of `readCluster`. */
export function clusterToYaml(cluster: Cluster, joinNode: object = {}): string {
  const {kubelet, kubeProxy} = cluster.extra
  const documents = [
    stringify(ownDocument(cluster), {lineWidth: 0, aliasDuplicateObjects: false}),
    ...componentDocument('InitConfiguration', initBody(cluster)),
    ...componentDocument('ClusterConfiguration', clusterBody(cluster)),
    ...componentDocument('JoinConfiguration', joinBody(cluster, joinNode)),
    ...componentDocument('KubeletConfiguration', kubelet),
    ...componentDocument('KubeProxyConfiguration', kubeProxy),
  ]
  return documents.join('---\n')
}

/** The same documents as JSON, one object after the other. */
export const clusterToJson = (cluster: Cluster): string =>
  parseAllDocuments(clusterToYaml(cluster))
    .map(document => JSON.stringify(document.toJS(), undefined, 2))
    .join('\n')

/** Documents that Go programs read too, so every text is quoted. */
function componentDocument(kind: Exclude<keyof typeof API_VERSIONS, 'Cluster'>, body: object): readonly string[] {
  if (Object.keys(body).length === 0) return []
  const document = {apiVersion: API_VERSIONS[kind], kind, ...body}
  return [
    stringify(document, {
      version: '1.1',
      defaultStringType: 'QUOTE_DOUBLE',
      defaultKeyType: 'PLAIN',
      lineWidth: 0,
      aliasDuplicateObjects: false,
    }),
  ]
}

function ownDocument(cluster: Cluster): object {
  const {network, pki, extra} = cluster
  return {
    apiVersion: API_VERSIONS.Cluster,
    kind: 'Cluster',
    metadata: {name: cluster.name},
    kubernetesVersion: cluster.version.text,
    ...endpointDocument(cluster),
    apiPort: cluster.apiPort,
    imageRepository: cluster.imageRepository,
    hosts: cluster.hosts.map(hostDocument),
    network: {
      podSubnet: ranges(network.podSubnets),
      serviceSubnet: ranges(network.serviceSubnets),
      dnsDomain: network.dnsDomain,
      plugin: network.plugin.kind === 'file' ? {file: network.plugin.path} : network.plugin.kind,
    },
    pki: {
      algorithm: pki.algorithm,
      caValidity: formatHours(pki.caHours),
      certificateValidity: formatHours(pki.leafHours),
      apiServerSANs: pki.apiServerSans,
    },
    source: sourceDocument(cluster.source),
    ...said('proxy', cluster.proxy === undefined ? undefined : proxyDocument(cluster.proxy)),
    swap: cluster.swap,
    startupTimeout: formatHours(cluster.startupSeconds / 3600),
    ignorePreflightErrors: extra.ignorePreflightErrors,
  }
}

const endpointDocument = (cluster: Cluster): object => {
  const {virtualAddress: vip, controlPlaneEndpoint} = cluster
  if (vip !== undefined) {
    const isOwn = splitHostPort(controlPlaneEndpoint ?? '', cluster.apiPort).host === vip.address
    const {address, provider, networkInterface} = vip
    return {
      ...said('controlPlaneEndpoint', isOwn ? undefined : controlPlaneEndpoint),
      loadBalancer: {kind: 'vip', address, provider, ...said('interface', networkInterface)},
    }
  }
  const balancer = balancerOf(cluster)
  if (balancer === undefined) return said('controlPlaneEndpoint', cluster.controlPlaneEndpoint)
  return {loadBalancer: balancer.port === BALANCER_PORT ? 'local' : {kind: 'local', port: balancer.port}}
}

const ranges = (subnets: readonly string[]): unknown => (subnets.length === 0 ? [] : subnets.join(','))

const sourceDocument = (source: Source): object =>
  source.kind === 'bundle' || source.images === undefined
    ? source
    : {
        ...source,
        images: source.images.map(({registry, url, ca}) => ({registry, mirror: url, ...said('caFile', ca?.path)})),
      }

const proxyDocument = ({noProxy, ...proxy}: Proxy): object => ({...proxy, ...filled('noProxy', noProxy)})

const hostDocument = (host: HostSpec): object => ({
  ...said('name', host.name),
  ...said('nodeName', host.nodeName),
  role: host.role,
  ssh: host.ssh === 'local' ? 'local' : defined(host.ssh),
  ...said('address', host.address),
  ...filled('labels', host.labels),
  ...said('taints', host.taints?.map(formatTaint)),
  ...filled('kubeletExtraArgs', host.kubeletExtraArgs),
  ...said('network', host.netplan === undefined ? undefined : interfaces(host.netplan.interfaces)),
  ...said('nat', host.nat),
  ...said('criSocket', host.criSocket),
})

const interfaces = (specs: NonNullable<HostSpec['netplan']>['interfaces']): object =>
  Object.fromEntries(
    Object.entries(specs).map(([name, {addresses, gateway, nameservers, mtu}]) => [
      name,
      {addresses, ...said('gateway', gateway), ...filled('nameservers', nameservers), ...said('mtu', mtu)},
    ]),
  )
