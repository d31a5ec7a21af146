import type {CaName} from '../../domain/certificates.ts'
import type {Cluster, HostSpec, Node} from '../../domain/cluster.ts'
import type {Finding} from '../../phases/preflight/finding.ts'
import type {ControlPlane} from '../cluster/control-plane.ts'
import type {ExistingNode} from '../cluster/existing-nodes.ts'
import type {ClusterSources} from '../cluster/run-values.ts'
import type {Candidate} from '../hosts/open-machines.ts'

/** All facts that are known after every host answered and before any is changed. */
export interface Session {
  readonly cluster: Cluster
  /** Hosts of the cluster that the run does without. */
  readonly skipped?: readonly HostSpec[] | undefined
  readonly candidates: readonly Candidate[]
  readonly nodes: readonly Node[]
  readonly findings: readonly Finding[]
  /** `https://host:port` of the API for nodes. */
  readonly endpoint: string
  /** `https://host:port` of the API for people and for machines that are not nodes yet, if it is not `endpoint`. */
  readonly publicServer?: string | undefined
  /** `https://host:port` of the API server that the run works through. */
  readonly runningServer?: string | undefined
  readonly controlPlane: ControlPlane | undefined
  /** Nodes of the cluster besides these hosts; undefined when the cluster does not answer. */
  readonly existingNodes?: readonly ExistingNode[] | undefined
  /** The authorities whose key is on no control plane of the cluster. */
  readonly elsewhere?: readonly CaName[] | undefined
  /** The control plane of this run that creates the objects of the cluster; undefined for a run that joins a cluster. */
  readonly initialControlPlane?: Node | undefined
  /** The control plane to join. */
  readonly seedControlPlane?: Candidate | undefined
  readonly sources: ClusterSources
  /** Deletes the remaining tokens; never fails. */
  readonly dispose: () => Promise<void>
}
