import type {ClusterFlags} from '../../config/read/from-flags.ts'

/** The values of `clusterFlags` and `sourceFlags` once parsed. */
export interface ParsedClusterFlags {
  readonly 'kubernetes-version': string | undefined
  readonly 'control-plane-endpoint': string | undefined
  readonly 'apiserver-advertise-address': string | undefined
  readonly 'apiserver-bind-port': number | undefined
  readonly 'apiserver-cert-extra-sans': readonly string[] | undefined
  readonly 'pod-network-cidr': string | undefined
  readonly 'service-cidr': string | undefined
  readonly 'service-dns-domain': string | undefined
  readonly 'image-repository': string | undefined
  readonly 'pod-network': string | undefined
  readonly 'node-name': string | undefined
  readonly 'host-key': string | undefined
  readonly swap: 'off' | 'keep' | undefined
  readonly bundle: string | undefined
}

/** Converts the command line to configuration values. */
export const clusterFlagsOf = (flags: ParsedClusterFlags): ClusterFlags => ({
  kubernetesVersion: flags['kubernetes-version'],
  controlPlaneEndpoint: flags['control-plane-endpoint'],
  apiserverAdvertiseAddress: flags['apiserver-advertise-address'],
  apiserverBindPort: flags['apiserver-bind-port'],
  apiserverCertExtraSans: flags['apiserver-cert-extra-sans'],
  podNetworkCidr: flags['pod-network-cidr'],
  serviceCidr: flags['service-cidr'],
  serviceDnsDomain: flags['service-dns-domain'],
  imageRepository: flags['image-repository'],
  podNetwork: flags['pod-network'],
  nodeName: flags['node-name'],
  hostKey: flags['host-key'],
  swap: flags.swap,
  bundle: flags.bundle,
})
