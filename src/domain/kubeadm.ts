/** What kubeadm's documents say beyond the rest of a Cluster (kubeadm.k8s.io/v1beta4). What is undefined was not said. */
export interface KubeadmSettings {
  readonly certificatesDir?: string | undefined
  readonly etcd?: LocalEtcd | undefined
  /** Set: the cluster runs no etcd of its own. */
  readonly externalEtcd?: ExternalEtcd | undefined
  readonly dns?: DnsSettings | undefined
  readonly proxyDisabled?: boolean | undefined
  readonly init?: InitSettings | undefined
  readonly join?: JoinSettings | undefined
}

export interface LocalEtcd {
  readonly dataDir?: string | undefined
  readonly imageRepository?: string | undefined
  readonly imageTag?: string | undefined
  readonly serverCertSans?: readonly string[] | undefined
  readonly peerCertSans?: readonly string[] | undefined
}

export interface ExternalEtcd {
  readonly endpoints: readonly string[]
  readonly httpEndpoints?: readonly string[] | undefined
  readonly caFile?: string | undefined
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
}

export interface DnsSettings {
  readonly imageRepository?: string | undefined
  readonly imageTag?: string | undefined
  readonly disabled?: boolean | undefined
}

/** A file of the folder of patches. */
export interface PatchFile {
  readonly name: string
  readonly text: string
}

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never'

/** What `kubeadm init` and `kubeadm join` have in common, for the nodes that each of them makes. */
export interface CommandSettings {
  readonly dryRun?: boolean | undefined
  /** Names of kubeadm's phases, as the document has them. */
  readonly skipPhases?: readonly string[] | undefined
  readonly patchesDirectory?: string | undefined
  /** What that folder has on the machine where kadm runs; undefined: it is not there. */
  readonly patches?: readonly PatchFile[] | undefined
  readonly timeouts?: Timeouts | undefined
  readonly imagePullPolicy?: PullPolicy | undefined
  /** False: several images at once. */
  readonly imagePullSerial?: boolean | undefined
}

/** In seconds. */
export interface Timeouts {
  readonly controlPlaneComponentHealthCheck?: number | undefined
  readonly kubeletHealthCheck?: number | undefined
  readonly kubernetesAPICall?: number | undefined
  readonly etcdAPICall?: number | undefined
  readonly tlsBootstrap?: number | undefined
  readonly discovery?: number | undefined
  readonly upgradeManifests?: number | undefined
}

/** kubeadm's own timeouts in seconds (apis/kubeadm/v1beta4, constants). */
export const USUAL_TIMEOUTS = {
  controlPlaneComponentHealthCheck: 240,
  kubeletHealthCheck: 240,
  kubernetesAPICall: 60,
  etcdAPICall: 120,
  tlsBootstrap: 300,
  discovery: 300,
  upgradeManifests: 300,
} as const satisfies Required<Timeouts>

export type TimeoutName = keyof typeof USUAL_TIMEOUTS

export const TIMEOUT_NAMES: readonly TimeoutName[] = [
  'controlPlaneComponentHealthCheck',
  'kubeletHealthCheck',
  'kubernetesAPICall',
  'etcdAPICall',
  'tlsBootstrap',
  'discovery',
  'upgradeManifests',
]

export interface InitSettings extends CommandSettings {
  readonly bootstrapTokens?: readonly BootstrapTokenSettings[] | undefined
  /** 64 hex digits: the key for certificates that other control planes fetch. */
  readonly certificateKey?: string | undefined
}

/** A bootstrap token that the cluster is to have. */
export interface BootstrapTokenSettings {
  /** `id.secret`; undefined: kubeadm makes one up. */
  readonly token?: string | undefined
  readonly description?: string | undefined
  /** In seconds; 0 for a token that does not expire. */
  readonly ttlSeconds?: number | undefined
  /** RFC 3339. */
  readonly expires?: string | undefined
  readonly usages: readonly string[]
  readonly groups: readonly string[]
}

export interface JoinSettings extends CommandSettings {
  /** Checks whose errors are warnings on a joining node, besides those of the cluster. */
  readonly ignorePreflightErrors?: readonly string[] | undefined
  readonly discovery?: Discovery | undefined
  readonly caCertPath?: string | undefined
  /** Set: the node is to become a control plane. */
  readonly controlPlane?: JoinControlPlane | undefined
}

export interface JoinControlPlane {
  readonly advertiseAddress?: string | undefined
  readonly bindPort?: number | undefined
  readonly certificateKey?: string | undefined
}

/** How a joining node finds and checks the cluster. */
export interface Discovery {
  readonly bootstrapToken?: TokenDiscovery | undefined
  /** The path or https address of a kubeconfig. */
  readonly kubeConfigPath?: string | undefined
  readonly tlsBootstrapToken?: string | undefined
}

export interface TokenDiscovery {
  readonly token: string
  /** `host:port`. */
  readonly apiServerEndpoint: string
  readonly caCertHashes: readonly string[]
  readonly unsafeSkipCaVerification: boolean
}
