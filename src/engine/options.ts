import type {Clock} from '../domain/clock.ts'
import type {Cluster, HostSpec} from '../domain/cluster.ts'
import type {Sink} from '../domain/events.ts'
import type {Templates} from '../manifests/templates.ts'
import type {LocalBundle, Step} from '../phases/phase.ts'
import type {Host} from '../remote/host.ts'
import type {Holder} from './lease.ts'

/** How a worker finds the cluster it joins. */
export type JoinTo =
  | {readonly kind: 'ssh'; readonly spec: HostSpec}
  | {
      readonly kind: 'token'
      /** `host:port` of the API. */
      readonly endpoint: string
      readonly token: string
      readonly caHashes: readonly string[]
      readonly skipVerification: boolean
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
  readonly templates: Templates
  readonly ignorePreflightErrors: readonly string[]
  readonly takeLease: boolean
  readonly emit: Sink
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly random: (bytes: number) => Buffer
  readonly holder: Holder
  readonly joinTo?: JoinTo | undefined
}
