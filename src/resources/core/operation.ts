import type {Clock} from '../../domain/clock.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {Host} from '../../remote/host.ts'
import type {Values} from './values.ts'

/** What an operation may use. `api` connects at first use and is shared by the run. */
export interface OperationContext {
  readonly host: Host
  readonly api: () => Promise<KubeClient>
  /** As the emergency administrator, for the first minutes of a cluster. */
  readonly superApi: () => Promise<KubeClient>
  readonly values: Values
  readonly signal: AbortSignal
  readonly clock: Clock
  /** One short line about what is being waited for. */
  readonly progress: (message: string) => void
}

/** What an act came to: `held` when it had only to wait, or to look once more at what it could not see the first time. */
export type Acted = 'changed' | 'unchanged'

/**
 * One of the few things that shell on one host cannot do: an object in the API, a wait for another machine. Like a kind it looks
 * whether it already holds and acts only if not.
 */
export interface Operation<R> {
  /** What differs, one line; undefined when it holds. Must not fail because the cluster is not there yet. */
  readonly look: (resource: R, context: OperationContext) => Promise<string | undefined>
  /** True of what changes nothing itself: a plan, which is about changes, does not list it. */
  readonly onlyWaits?: true
  /** Makes it so and returns only when it holds. */
  readonly act: (resource: R, context: OperationContext) => Promise<Acted>
}
