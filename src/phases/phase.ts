import type {Bundle} from '../domain/bundle.ts'
import type {Cluster, Node} from '../domain/cluster.ts'
import type {Facts} from '../domain/facts.ts'
import type {Peer} from '../domain/firewall.ts'
import type {PackageSource} from '../domain/repository.ts'
import type {Templates} from '../manifests/templates.ts'
import type {AnyResource} from '../resources/any-resource.ts'

/** Which hosts of a run a phase is for. `initial-control-plane` is the one where the cluster's own objects are made. */
export type Where = 'every' | 'control-plane' | 'initial-control-plane' | 'worker'

/** All that a phase may decide from. Pure data: same context, same resources. */
export interface PhaseContext {
  readonly cluster: Cluster
  readonly node: Node
  readonly facts: Facts
  /** Every node this run knows of, this one among them. */
  readonly nodes: readonly Node[]
  /** Nodes that the cluster has besides those of this run; undefined where it could not be asked. */
  readonly existingNodes?: readonly Peer[] | undefined
  /** The address of the API for clients: `https://host:port`. */
  readonly endpoint: string
  readonly bundle: LocalBundle | undefined
  /** Where packages come from, when there is no bundle. */
  readonly source?: PackageSource | undefined
  readonly templates: Templates
  /** Whether this run may speak to the API as its administrator; a worker that joins by a token may not. */
  readonly isAdmin: boolean
  /** Run start, for what expires. */
  readonly now: Date
}

/** A bundle and the folder it lies in. */
export interface LocalBundle {
  readonly dir: string
  readonly bundle: Bundle
}

/** A named, ordered piece of the work, as a value in a tree. Leaves give resources; branches only name and order. */
export interface Phase {
  readonly name: string
  readonly title: string
  /** One sentence that a learner understands. */
  readonly why: string
  readonly where?: Where
  /** Paths of phases that must be done on every host they run on before this one starts. */
  readonly needs?: readonly string[]
  /** Where those that need this phase wait for it; every host when left out. */
  readonly neededOn?: (node: Node) => boolean
  /** On how many hosts it runs at the same time; all of them when left out. */
  readonly concurrency?: number
  /** True, or the reason why there is nothing to do here. */
  readonly when?: (context: PhaseContext) => true | string
  readonly resources?: (context: PhaseContext) => readonly AnyResource[]
  /** For what is only convenient: its failure is a warning that says how to do it by hand, and what comes after it goes on. */
  readonly byHand?: (context: PhaseContext) => string
  readonly phases?: readonly Phase[]
}

/** A leaf with its full path, `certs/apiserver`. */
export interface Step {
  readonly path: string
  readonly phase: Phase
}
