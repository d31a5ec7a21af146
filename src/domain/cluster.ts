import type {KubeadmSettings, TimeoutName} from './kubeadm.ts'
import type {OnlineSource, Proxy} from './online-source.ts'
import type {KubernetesVersion} from './version.ts'
import type {VirtualAddress} from './virtual-address.ts'

/** A validated cluster, as the file, the flags or the cluster's own ConfigMap say it; nothing in it was read from a host. */
export interface Cluster {
  readonly name: string
  readonly version: KubernetesVersion
  readonly hosts: readonly HostSpec[]
  /**
   * `host:port` of the API for nodes and clients, when it differs from the first control plane's own address. With local load
   * balancers, the name that only nodes resolve (`balancerOf`).
   */
  readonly controlPlaneEndpoint: string | undefined
  /** The address of the endpoint, if the control planes themselves have it in turn. */
  readonly virtualAddress?: VirtualAddress | undefined
  readonly apiPort: number
  readonly network: ClusterNetwork
  readonly imageRepository: string
  readonly pki: PkiSpec
  readonly source: Source
  /** How hosts reach servers outside; undefined for directly. */
  readonly proxy?: Proxy | undefined
  readonly swap: 'off' | 'keep'
  /**
   * How long a control-plane component may take to start before its kubelet restarts it; its probes and other
   * waits follow.
   */
  readonly startupSeconds: number
  readonly extra: Extra
  /** What kubeadm's documents say besides. */
  readonly kubeadm?: KubeadmSettings | undefined
}

export type Role = 'control-plane' | 'worker'

export interface HostSpec {
  /** The wanted hostname and node name; undefined keeps the host's own. */
  readonly name: string | undefined
  /** The name as a node, where it differs from the hostname. */
  readonly nodeName?: string | undefined
  readonly role: Role
  readonly ssh: SshTarget | 'local'
  /** The node's address, where the user chose one. */
  readonly address: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[] | undefined
  readonly kubeletExtraArgs: readonly Arg[]
  readonly netplan: HostNetwork | undefined
  /** `unix:///…` of a container runtime that the host has already; undefined: kadm installs containerd. */
  readonly criSocket?: string | undefined
  /** Ranges of machines that reach the outside through this one, by NAT. */
  readonly nat?: readonly string[] | undefined
}

export interface SshTarget {
  readonly address: string
  readonly port: number | undefined
  readonly user: string | undefined
  readonly keyFile: string | undefined
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly hostKey: string | undefined
  readonly jump: string | undefined
}

export interface ClusterNetwork {
  readonly podSubnets: readonly string[]
  readonly serviceSubnets: readonly string[]
  readonly dnsDomain: string
  readonly plugin: PodNetwork
}

export type PodNetwork =
  | {readonly kind: 'flannel'}
  | {readonly kind: 'none'}
  | {readonly kind: 'file'; readonly path: string; readonly text: string}

export interface PkiSpec {
  readonly algorithm: KeyAlgorithm
  readonly caHours: number
  readonly leafHours: number
  readonly apiServerSans: readonly string[]
}

export type KeyAlgorithm = 'RSA-2048' | 'RSA-3072' | 'RSA-4096' | 'ECDSA-P256' | 'ECDSA-P384'

export type Source = OnlineSource | {readonly kind: 'bundle'; readonly path: string}

export interface Arg {
  readonly name: string
  readonly value: string
}

export interface Taint {
  readonly key: string
  readonly value: string | undefined
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

export interface HostNetwork {
  /** By interface name; addresses with prefix length. */
  readonly interfaces: Readonly<Record<string, InterfaceSpec>>
}

export interface InterfaceSpec {
  readonly addresses: readonly string[]
  readonly gateway: string | undefined
  readonly nameservers: readonly string[]
  readonly mtu?: number | undefined
}

/** What kubeadm's and the components' own documents add. */
export interface Extra {
  readonly apiServer: ComponentExtra
  readonly controllerManager: ComponentExtra
  readonly scheduler: ComponentExtra
  readonly etcd: ComponentExtra
  /** Merged over the rendered KubeletConfiguration and KubeProxyConfiguration. */
  readonly kubelet: Readonly<Record<string, unknown>>
  readonly kubeProxy: Readonly<Record<string, unknown>>
  readonly ignorePreflightErrors: readonly string[]
}

export interface ComponentExtra {
  readonly args: readonly Arg[]
  readonly volumes: readonly ExtraVolume[]
  readonly envs: readonly ExtraEnv[]
}

/** A variable with its value, or with the source of it as a container has it (`valueFrom` of core/v1 EnvVar). */
export interface ExtraEnv extends Arg {
  readonly valueFrom?: Readonly<Record<string, unknown>> | undefined
}

export interface ExtraVolume {
  readonly name: string
  readonly hostPath: string
  readonly mountPath: string
  readonly readOnly: boolean
  readonly pathType: string | undefined
}

/** A host with what its facts decided: the name and address it has as a node. */
export interface Node {
  readonly host: HostSpec
  readonly role: Role
  readonly name: string
  readonly address: string
  readonly networkInterface: string
}

/** kubeadm's own (timeouts.controlPlaneComponentHealthCheck), to which its liveness probes are fit. */
export const USUAL_STARTUP_SECONDS = 240

/** How long to wait for something to come up: on machines where a control plane takes long, everything does. */
export const startupMs = ({startupSeconds}: Pick<Cluster, 'startupSeconds'>, atLeastMs = 0): number =>
  Math.max(startupSeconds * 1000, atLeastMs)

/**
 * How long to wait for one step of a node: as long as usual, or longer where the control plane starts slowly or where
 * kubeadm's `timeouts` of the command that makes nodes of this role say so.
 */
export function stepMs(
  {startupSeconds, kubeadm}: Pick<Cluster, 'startupSeconds' | 'kubeadm'>,
  {role}: Pick<Node, 'role'>,
  step: TimeoutName,
  usualMs = 0,
): number {
  const timeouts = (role === 'control-plane' ? kubeadm?.init : kubeadm?.join)?.timeouts
  return Math.max(startupMs({startupSeconds}, usualMs), (timeouts?.[step] ?? 0) * 1000)
}

/** How often a component that starts is asked whether it has: what its startup probe can count. */
export const PROBE_SECONDS = 10

/** How many times as long as usual anything may take where a control plane is given `startupSeconds` to come up; at least 1. */
export const timeoutScaleFor = (startupSeconds: number): number => Math.max(1, startupSeconds / USUAL_STARTUP_SECONDS)

/** More time was asked for than usual, so what can wait for one another there does. */
export const startsSlowly = ({startupSeconds}: Pick<Cluster, 'startupSeconds'>): boolean =>
  startupSeconds > USUAL_STARTUP_SECONDS
