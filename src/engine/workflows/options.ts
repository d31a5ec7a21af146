import type {Clock} from '../../domain/clock.ts'
import type {Cluster, HostSpec, Role} from '../../domain/cluster.ts'
import type {KadmError} from '../../domain/errors.ts'
import type {Sink} from '../../domain/events.ts'
import type {PackageRepository} from '../../domain/repository.ts'
import type {Templates} from '../../manifests/templates.ts'
import type {LocalBundle, Step} from '../../phases/phase.ts'
import type {Host} from '../../remote/host.ts'
import type {Restoring} from '../backup/restoring.ts'
import type {Holder} from '../lease/held.ts'

/** How a machine finds the cluster that it joins, and the settings that it takes from the cluster. */
export type JoinTo = JoinWay & {
  /** Keep or disable swap as on the nodes of the cluster; otherwise as the `Cluster` of the run says. */
  readonly swapAsCluster?: boolean | undefined
}

type JoinWay =
  | {readonly kind: 'ssh'; readonly spec: HostSpec}
  | {
      readonly kind: 'token'
      /** `host:port` of the API. */
      readonly endpoint: string
      /** With it, the kubelet asks for its certificate. */
      readonly token: string
      /** Proves that the data about the cluster is genuine; default: `token`. */
      readonly discoveryToken?: string | undefined
      readonly caHashes: readonly string[]
      readonly skipVerification: boolean
      /** For a control plane: opens the certificates in Secret kubeadm-certs; undefined: the machine has them already. */
      readonly certificateKey?: string | undefined
    }

/** The content that a bundle must have for these hosts. */
export interface BundleUse {
  readonly cluster: Cluster
  readonly roles: readonly Role[]
  /** Whether the run may upload files, so that each of them must be compared with its hash. */
  readonly isBrought: boolean
}

/** How a run asks the person about lost control planes. */
export interface Replacing {
  readonly ask: (question: string) => Promise<boolean>
  /** Shows a text above the question, or says what kadm waits for. */
  readonly note: (text: string) => void
}

/** The input of a workflow; none of it is read from the process itself. */
export interface WorkflowOptions {
  /** 'init', 'join', 'apply', …: for events and messages. */
  readonly command: string
  readonly cluster: Cluster
  readonly connect: (spec: HostSpec) => Promise<Host>
  /** From `select(phases, only, skip)`. */
  readonly steps: readonly Step[]
  readonly bundle: LocalBundle | undefined
  /** The key of a package repository; requested only when a host needs packages. */
  readonly readPackageKey: (repository: PackageRepository) => Promise<string>
  /** The sha256 that a project publishes for a file; requested only when a host must download that file. */
  readonly readReleaseHash: (checksumUrl: string, file: string) => Promise<string>
  /** Rejects a bundle that is incomplete or was altered; called before any host is changed. */
  readonly checkBundle: (use: BundleUse) => Promise<void>
  readonly templates: Templates
  readonly ignorePreflightErrors: readonly string[]
  readonly takeLease: boolean
  readonly emit: Sink
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly random: (bytes: number) => Buffer
  readonly holder: Holder
  readonly joinTo?: JoinTo | undefined
  /** For a run that may replace lost control planes. */
  readonly replacing?: Replacing | undefined
  /** For a run that gives the cluster the data of a backup. */
  readonly restoring?: Restoring | undefined
  /** Hosts of the cluster that this run does not reach and does without. */
  readonly skipped?: readonly HostSpec[] | undefined
  /** For a run that also continues without hosts that it loses before it changes anything: called for each. */
  readonly onSkipped?: ((spec: HostSpec, error: KadmError) => void) | undefined
  /**
   * Finds the cause of a failure; must not fail itself. Passed in, because the layers that know causes are
   * above this one.
   */
  readonly explain?: Explain | undefined
}

export type Explain = (host: Host, error: KadmError, phase: string) => Promise<KadmError>
