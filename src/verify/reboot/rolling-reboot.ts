import type {Clock} from '../../domain/clock.ts'
import type {KadmError} from '../../domain/errors.ts'
import type {Sink} from '../../domain/events.ts'
import type {Facts} from '../../domain/facts.ts'
import {reportPhase} from '../../domain/span.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {Host} from '../../remote/host.ts'
import type {CheckResult} from '../outcome.ts'
import type {Images} from '../check-context.ts'

/** A machine to reboot, and its node. */
export interface RebootTarget {
  readonly node: string
  readonly host: Host
  /** Where it may be after its reboot besides where it is reached now. */
  readonly addresses: readonly string[]
  readonly controlPlane: boolean
  /** What it said of itself when all was well. */
  readonly before: Facts
}

export interface RebootOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly emit: Sink
  readonly random: (count: number) => Uint8Array
  readonly images: Images
  /** Whether pods are moved away before their node is rebooted alone. */
  readonly drains: boolean
  /** After one by one, all at once too. */
  readonly allAtOnce: boolean
  /** For one machine, from its reboot until all is as before. */
  readonly timeoutMs: number
  /** For the pods of one node to leave. */
  readonly drainMs: number
  /** Finds the cause behind a failure; must not fail itself. */
  readonly explain: (host: Host, error: KadmError) => Promise<KadmError>
}

/** What one round works with. */
export interface RollingReboot extends RebootOptions {
  readonly api: KubeClient
  /** Before the name of each phase: `together/`. */
  readonly prefix: string
}

/** What the reboot of one machine needs. */
export type OneReboot = Pick<RollingReboot, 'api' | 'clock' | 'signal' | 'emit' | 'prefix' | 'timeoutMs' | 'explain'>

/** Milliseconds since the reboot was asked for. */
export interface ReturnTimes {
  readonly sshMs: number
  readonly readyMs: number
  readonly podsMs: number
}

/** How one node came back. */
export interface Returned {
  readonly node: string
  readonly times: ReturnTimes
  readonly checks: readonly CheckResult[]
}

/** Machines that were rebooted together, and what the cluster as a whole did then. */
export interface RebootRound {
  readonly name: string
  readonly nodes: readonly Returned[]
  readonly checks: readonly CheckResult[]
}

export interface RebootOutcome {
  readonly rounds: readonly RebootRound[]
  /** Nodes of the cluster that no machine was named for. */
  readonly untouched: readonly string[]
}

export interface RebootStep {
  readonly name: string
  readonly title: string
}

/** One piece of a node's way, told as a phase. */
export const rebootStep = async <T>(
  reboot: Pick<RollingReboot, 'emit' | 'clock' | 'prefix'>,
  node: string,
  {name, title}: RebootStep,
  work: (progress: (message: string) => void) => Promise<T>,
): Promise<T> => reportPhase(reboot, {host: node, phase: reboot.prefix + name, title}, work, () => undefined)
