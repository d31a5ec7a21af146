import type {Bundle} from '../domain/bundle.ts'
import type {CaName} from '../domain/certificates.ts'
import type {Cluster, Node} from '../domain/cluster.ts'
import {elsewhereFor} from '../domain/external-ca.ts'
import type {Facts} from '../domain/facts.ts'
import type {Peer} from '../domain/firewall.ts'
import type {PackageSource} from '../domain/repository.ts'
import type {Templates} from '../manifests/templates.ts'
import type {AnyResource} from '../resources/any-resource.ts'

/**
 * The hosts of a run that a phase runs on. `initial-control-plane` is the host where the objects of the cluster
 * are created; `joining-control-plane` is every other control plane.
 */
export type Where = 'every' | 'control-plane' | 'initial-control-plane' | 'joining-control-plane' | 'worker'

/** All input that a phase uses for its decisions. Pure data: the same context gives the same resources. */
export interface PhaseContext {
  readonly cluster: Cluster
  readonly node: Node
  readonly facts: Facts
  /** Every node that this run knows, including this one. */
  readonly nodes: readonly Node[]
  /** Nodes of the cluster that are not part of this run; undefined when the cluster could not be read. */
  readonly existingNodes?: readonly Peer[] | undefined
  /** The authorities whose key is on no control plane of the cluster; undefined: none. */
  readonly elsewhere?: readonly CaName[] | undefined
  /** The API address for nodes: `https://host:port`; undefined in a run that only works on hosts. */
  readonly endpoint: string | undefined
  /** The API address for people and for machines that are not nodes yet, if it is not `endpoint`. */
  readonly publicServer?: string | undefined
  /** An API server that runs before this host has its own one: `https://host:port`; undefined in a run that only works on hosts. */
  readonly runningServer?: string | undefined
  readonly bundle: LocalBundle | undefined
  /** The package source, when no bundle is used. */
  readonly source?: PackageSource | undefined
  readonly templates: Templates
  /** Whether this run has administrator access to the API; a worker that joins with a token does not. */
  readonly isAdmin: boolean
  /** The start of the run, for expiry dates. */
  readonly now: Date
}

/** The API address, for phases of runs that have one. */
export function endpointOf({endpoint}: Pick<PhaseContext, 'endpoint'>): string {
  if (endpoint === undefined) throw new Error('this run does not know the address of the API')
  return endpoint
}

/** Whether kadm cannot sign with this authority on this machine, because its key is kept elsewhere. */
export const isElsewhere = (
  {node, facts, elsewhere = []}: Pick<PhaseContext, 'node' | 'facts' | 'elsewhere'>,
  name: CaName,
): boolean => elsewhereFor({node, facts}, elsewhere).includes(name)

/** The API address that works outside the nodes too: `https://host:port`. */
export const publicServerOf = ({endpoint, publicServer}: Pick<PhaseContext, 'endpoint' | 'publicServer'>): string =>
  publicServer ?? endpointOf({endpoint})

/** A bundle and its folder. */
export interface LocalBundle {
  readonly dir: string
  readonly bundle: Bundle
}

/** A named, ordered step, as a value in a tree. Leaves return resources; branches only group and order them. */
export interface Phase {
  readonly name: string
  readonly title: string
  /** One sentence for learners. */
  readonly why: string
  readonly where?: Where
  /** Paths of phases that must finish, on every host that they run on, before this phase starts. */
  readonly needs?: readonly string[]
  /** The nodes on which this phase must finish before dependent phases start; default: all nodes. */
  readonly neededOn?: (node: Node) => boolean
  /** The number of hosts on which the phase runs at the same time; default: all hosts. */
  readonly concurrency?: number
  /** True, or the reason why the phase is skipped. */
  readonly when?: (context: PhaseContext) => true | string
  readonly resources?: (context: PhaseContext) => readonly AnyResource[]
  /**
   * Set for an optional phase: a failure becomes a warning that says how to do the step by hand, and later
   * phases still run.
   */
  readonly byHand?: (context: PhaseContext) => string
  readonly phases?: readonly Phase[]
}

/** A leaf with its full path, such as `certs/apiserver`. */
export interface Step {
  readonly path: string
  readonly phase: Phase
}
