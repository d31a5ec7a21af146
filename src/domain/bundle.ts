import type {Architecture} from './architecture.ts'
/** What `bundle.json` at the top of a bundle folder says. Paths are relative to that folder. */
export interface Bundle {
  readonly apiVersion: 'kadm/v1'
  readonly kind: 'Bundle'
  readonly kubernetesVersion: string
  readonly architecture: Architecture
  readonly entries: readonly BundleEntry[]
}

export type BundleEntry = BundleBinary | BundleImage

interface Stored {
  readonly path: string
  /** Of the stored (compressed) file, lower-case hex. */
  readonly sha256: string
  readonly size: number
}

/** One executable, stored gzipped; `contentSha256` is of the executable itself, so that a host's copy can be compared. */
export interface BundleBinary extends Stored {
  readonly kind: 'binary'
  readonly name: BinaryName
  readonly version: string
  readonly contentSha256: string
  readonly contentSize: number
}

/** One image as a gzipped docker archive that `ctr -n k8s.io images import` takes. */
export interface BundleImage extends Stored {
  readonly kind: 'image'
  readonly ref: string
  /** The digest of the image's config, as `crictl` and the CRI name it (`sha256:…`). */
  readonly configDigest: string
}

/** Executables a node gets from a bundle, and where they go. */
export const BINARIES = {
  kubelet: {path: '/usr/bin/kubelet'},
  kubectl: {path: '/usr/bin/kubectl'},
  kubeadm: {path: '/usr/bin/kubeadm'},
  containerd: {path: '/usr/local/bin/containerd'},
  'containerd-shim-runc-v2': {path: '/usr/local/bin/containerd-shim-runc-v2'},
  ctr: {path: '/usr/local/bin/ctr'},
  runc: {path: '/usr/local/sbin/runc'},
  'cni-bridge': {path: '/opt/cni/bin/bridge'},
  'cni-loopback': {path: '/opt/cni/bin/loopback'},
  'cni-host-local': {path: '/opt/cni/bin/host-local'},
  'cni-portmap': {path: '/opt/cni/bin/portmap'},
  'cni-firewall': {path: '/opt/cni/bin/firewall'},
  'cni-bandwidth': {path: '/opt/cni/bin/bandwidth'},
  'cni-tuning': {path: '/opt/cni/bin/tuning'},
} as const satisfies Record<string, {readonly path: string}>

export type BinaryName = keyof typeof BINARIES
