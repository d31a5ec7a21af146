import type {Cluster, ComponentExtra, HostSpec, Node} from '../../src/domain/cluster.ts'
import {supportedVersion} from '../../src/domain/version.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'

const nothing: ComponentExtra = {args: [], volumes: [], envs: []}

export const VERSIONS = ['v1.35.4', 'v1.36.3', 'v1.37.2'] as const

export const hostSpec = (changes: Partial<HostSpec> = {}): HostSpec => ({
  name: 'master',
  role: 'control-plane',
  ssh: 'local',
  address: undefined,
  labels: {},
  taints: undefined,
  kubeletExtraArgs: [],
  netplan: undefined,
  ...changes,
})

export const clusterOf = (version: string, changes: Partial<Cluster> = {}): Cluster => ({
  name: 'kubernetes',
  version: supportedVersion(version),
  hosts: [hostSpec()],
  controlPlaneEndpoint: undefined,
  apiPort: 6443,
  network: {
    podSubnets: ['10.244.0.0/16'],
    serviceSubnets: ['10.96.0.0/12'],
    dnsDomain: 'cluster.local',
    plugin: {kind: 'flannel'},
  },
  imageRepository: 'registry.k8s.io',
  pki: {algorithm: 'RSA-2048', caHours: 87600, leafHours: 8760, apiServerSans: []},
  source: {kind: 'online'},
  swap: 'off',
  startupSeconds: 240,
  extra: {
    apiServer: nothing,
    controllerManager: nothing,
    scheduler: nothing,
    etcd: nothing,
    kubelet: {},
    kubeProxy: {},
    ignorePreflightErrors: [],
  },
  ...changes,
})

/** A cluster whose user adds something to one component. */
export const clusterWith = (
  component: 'apiServer' | 'controllerManager' | 'scheduler' | 'etcd',
  extra: Partial<ComponentExtra>,
): Cluster => {
  const base = clusterOf('v1.37.2')
  return {...base, extra: {...base.extra, [component]: {...nothing, ...extra}}}
}

export const nodeOf = (changes: Partial<Node> = {}): Node => ({
  host: hostSpec(),
  role: 'control-plane',
  name: 'master',
  address: '192.168.56.10',
  networkInterface: 'enp0s8',
  ...changes,
})

export const DEBIAN_HOST = {
  caDirs: ['/etc/ca-certificates', '/usr/share/ca-certificates', '/usr/local/share/ca-certificates'],
}

export const templates = readTemplates()
