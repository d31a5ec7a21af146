import type {Clock} from '../../domain/clock.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Sink} from '../../domain/events.ts'
import type {Facts} from '../../domain/facts.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {Host} from '../../remote/host.ts'
import type {CheckResult} from '../outcome.ts'
import type {Images} from '../check-context.ts'

/** A machine that is to be rebooted, and the node it is. */
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
export async function rebootStep<T>(
  {emit, clock, prefix}: RollingReboot,
  node: string,
  {name, title}: RebootStep,
  work: (progress: (message: string) => void) => Promise<T>,
): Promise<T> {
  const about = {host: node, phase: prefix + name, title}
  const started = clock.now()
  emit({type: 'phase-started', ...about, at: started})
  try {
    const result = await work(message =>
      emit({type: 'phase-progress', host: node, phase: about.phase, message, at: clock.now()}),
    )
    emit({type: 'phase-done', ...about, changes: undefined, durationMs: clock.now() - started, at: clock.now()})
    return result
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const hint = error instanceof KadmError ? error.hint : undefined
    const at = clock.now()
    emit({type: 'phase-failed', ...about, error: message, hint, durationMs: at - started, at})
    throw error
  }
}
