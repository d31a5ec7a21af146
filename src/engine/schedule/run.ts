import type {Clock} from '../../domain/clock.ts'
import type {Cluster, Node} from '../../domain/cluster.ts'
import type {Sink} from '../../domain/events.ts'
import type {Peer} from '../../domain/firewall.ts'
import type {PackageSource} from '../../domain/repository.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {EtcdClient} from '../../kube/etcd/etcd-client.ts'
import type {ClusterLease} from '../../kube/cluster-lease.ts'
import {guardedClient} from '../../kube/guarded-client.ts'
import type {Templates} from '../../manifests/templates.ts'
import type {LocalBundle, PhaseContext, Step} from '../../phases/phase.ts'
import type {Host} from '../../remote/host.ts'
import type {AnyHostResource} from '../../resources/any-resource.ts'
import type {StagedFile} from '../../resources/core/kind.ts'
import type {OperationContext} from '../../resources/core/operation.ts'
import type {Values} from '../../resources/core/values.ts'
import {planJobs, type Job, type JobGraph} from './job-graph.ts'
import type {Machine} from '../hosts/machine.ts'
import type {Explain} from '../workflows/options.ts'
import type {Uploading} from '../hosts/upload.ts'

/** Everything that is carried out together, with its inputs. */
export interface Run {
  readonly cluster: Cluster
  readonly machines: readonly Machine[]
  /** Every known node, including those that this run does not change. */
  readonly nodes: readonly Node[]
  /** Nodes of the cluster that are not part of this run; undefined when the cluster could not be read. */
  readonly existingNodes?: readonly Peer[] | undefined
  readonly initialControlPlane: Node | undefined
  readonly elsewhere?: PhaseContext['elsewhere']
  /** `https://host:port` of the API for clients; undefined when no phase of the run needs it. */
  readonly endpoint: string | undefined
  readonly publicServer?: string | undefined
  readonly runningServer?: string | undefined
  readonly steps: readonly Step[]
  readonly bundle: LocalBundle | undefined
  readonly source?: PackageSource | undefined
  readonly templates: Templates
  readonly isAdmin: boolean
  readonly values: Values
  readonly api: () => Promise<KubeClient>
  readonly superApi: () => Promise<KubeClient>
  readonly etcd: () => Promise<EtcdClient>
  /** Called for each resource that is written on a host, so that the run drops values it cached before. */
  readonly onWritten?: ((host: Host, resource: AnyHostResource) => void) | undefined
  /** For changes to the cluster as a whole; undefined when there are none. */
  readonly clusterLease?: ClusterLease | undefined
  readonly upload: (
    machine: Machine,
    uploads: readonly StagedFile[],
    options: Pick<Uploading, 'progress' | 'signal'>,
  ) => Promise<void>
  readonly emit: Sink
  readonly explain?: Explain | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** The input of the phases of one machine. */
export const contextOf = (run: Run, {node, facts}: Machine): PhaseContext => ({
  cluster: run.cluster,
  node,
  facts,
  nodes: run.nodes,
  existingNodes: run.existingNodes,
  elsewhere: run.elsewhere,
  endpoint: run.endpoint,
  publicServer: run.publicServer,
  runningServer: run.runningServer,
  bundle: run.bundle,
  source: run.source,
  templates: run.templates,
  isAdmin: run.isAdmin,
  now: run.values.now,
})

/** The jobs of a run, with the machine of each. */
export interface Schedule {
  readonly graph: JobGraph
  readonly machineOf: (job: Job) => Machine
}

/** All steps on all machines of the run; planned once, because every host is part of the plan. */
export function scheduleOf(run: Run): Schedule {
  const machines = new Map(run.machines.map(machine => [machine.node, machine]))
  return {
    graph: planJobs({steps: run.steps, nodes: run.machines.map(({node}) => node), first: run.initialControlPlane}),
    machineOf: ({node}) => {
      const machine = machines.get(node)
      if (machine === undefined) throw new Error(`no machine for ${node.name}`)
      return machine
    },
  }
}

/**
 * A run writes to the API only while it holds the lease of the machine whose phase it is, and that of the cluster if it
 * took it.
 */
const guardOf =
  ({clusterLease}: Run, {host, lease}: Machine) =>
  async (): Promise<void> => {
    if (lease === undefined) throw new Error(`${host.name}: cannot write to the host without its lease`)
    await lease.confirm()
    await clusterLease?.confirm()
  }

export const operationContext = (
  run: Run,
  machine: Machine,
  progress: (message: string) => void,
): OperationContext => ({
  host: machine.host,
  api: async () => guardedClient(await run.api(), guardOf(run, machine)),
  superApi: async () => guardedClient(await run.superApi(), guardOf(run, machine)),
  etcd: run.etcd,
  values: run.values,
  signal: run.signal,
  clock: run.clock,
  progress,
})
