import type {Clock} from '../../domain/clock.ts'
import type {Cluster, HostSpec, Role} from '../../domain/cluster.ts'
import type {KadmError} from '../../domain/errors.ts'
import type {Sink} from '../../domain/events.ts'
import type {PackageRepository} from '../../domain/repository.ts'
import type {Templates} from '../../manifests/templates.ts'
import type {LocalBundle, Step} from '../../phases/phase.ts'
import type {Host} from '../../remote/host.ts'
import type {Holder} from '../lease/held.ts'

/** How a worker finds the cluster it joins, and what it takes from it besides. */
export type JoinTo = JoinWay & {
  /** Swap stays or goes as on the cluster's nodes; else as the `Cluster` of the run says. */
  readonly swapAsCluster?: boolean | undefined
}

type JoinWay =
  | {readonly kind: 'ssh'; readonly spec: HostSpec}
  | {
      readonly kind: 'token'
      /** `host:port` of the API. */
      readonly endpoint: string
      readonly token: string
      readonly caHashes: readonly string[]
      readonly skipVerification: boolean
    }

/** What a bundle must have in it for these hosts. */
export interface BundleUse {
  readonly cluster: Cluster
  readonly roles: readonly Role[]
  /** Whether files may have to be brought, so that every one is compared with its hash. */
  readonly isBrought: boolean
}

/** All that a workflow is given; nothing in it comes from the process itself. */
export interface WorkflowOptions {
  /** 'init', 'join', 'apply', …: for events and messages. */
  readonly command: string
  readonly cluster: Cluster
  readonly connect: (spec: HostSpec) => Promise<Host>
  /** From `select(phases, only, skip)`. */
  readonly steps: readonly Step[]
  readonly bundle: LocalBundle | undefined
  /** The key of a package repository; asked only when packages are needed. */
  readonly readPackageKey?: ((repository: PackageRepository) => Promise<string>) | undefined
  /** The sha256 that a project publishes for a file; requested only when a host must download that file. */
  readonly readReleaseHash?: ((checksumUrl: string, file: string) => Promise<string>) | undefined
  /** Refuses the bundle when it lacks something or something of it was altered; asked before any host is touched. */
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
  /** Finds the cause behind a failure; must not fail itself. The rooms that know causes lie above this one, so it is handed in. */
  readonly explain?: Explain | undefined
}

export type Explain = (host: Host, error: KadmError, phase: string) => Promise<KadmError>
