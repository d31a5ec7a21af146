import type {Clock} from '../../domain/clock.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import type {Host} from '../../remote/host.ts'
import type {Values} from './values.ts'

/** The arguments of an operation. `api` connects at the first call, and all operations of the run share the client. */
export interface OperationContext {
  readonly host: Host
  readonly api: () => Promise<KubeClient>
  /** A client with the emergency administrator's credentials, for the first minutes of a cluster. */
  readonly superApi: () => Promise<KubeClient>
  /** A client of the members of etcd that run. */
  readonly etcd: () => Promise<EtcdClient>
  readonly values: Values
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Reports in one short line what the operation waits for. */
  readonly progress: (message: string) => void
}

/** The result of an act: `unchanged` when it only waited, or when a second look found the desired state. */
export type Acted = 'changed' | 'unchanged'

/**
 * A step that shell on one host cannot do: a change to an object in the API, or a wait for another machine.
 * Like a kind, it checks the state first and acts only when the state differs.
 */
export interface Operation<R> {
  /** What differs, in one line; undefined when nothing does. Must not fail because the cluster does not exist yet. */
  readonly look: (resource: R, context: OperationContext) => Promise<string | undefined>
  /** True for an operation that changes nothing itself: plans list only changes, so they leave it out. */
  readonly onlyWaits?: true
  /** Changes the state to the desired state, and resolves only when it is reached. */
  readonly act: (resource: R, context: OperationContext) => Promise<Acted>
}
