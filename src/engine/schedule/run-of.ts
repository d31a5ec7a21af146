import {makeKey} from '../../certs/keys.ts'
import {KadmError} from '../../domain/errors.ts'
import type {PackageSource} from '../../domain/repository.ts'
import type {Run} from './run.ts'
import type {Outcome} from './jobs.ts'
import type {Machine} from '../hosts/machine.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import type {Session} from '../workflows/session.ts'
import type {WorkflowOptions} from '../workflows/options.ts'
import type {EtcdPeer} from '../../domain/etcd.ts'
import type {JoiningPeer} from '../../resources/core/values.ts'
import type {ControlPlane} from '../cluster/control-plane.ts'
import {clusterLeaseOf} from '../lease/cluster-lease-of.ts'
import {joinEtcd} from '../cluster/join-etcd.ts'
import {runValues} from '../cluster/run-values.ts'
import {uploadAll} from '../hosts/upload.ts'
import {throughCuts, type Persistence} from '../../remote/reconnect/come-back.ts'

/** A candidate with its node, and the lease under which it is changed. */
export function machineOf(session: Session, candidate: Candidate, lease: Machine['lease']): Machine {
  const node = session.nodes.find(({host}) => host === candidate.spec)
  if (node === undefined) throw new Error(`${candidate.host.name} did not become a node`)
  return {host: candidate.host, facts: candidate.gathered.facts, node, lease}
}

/** What a run knows of its cluster; a run that only works on hosts leaves out the ways to the cluster. */
export type RunCluster = Pick<Session, 'cluster' | 'nodes'> &
  Partial<
    Pick<
      Session,
      | 'existingNodes'
      | 'elsewhere'
      | 'endpoint'
      | 'publicServer'
      | 'runningServer'
      | 'controlPlane'
      | 'initialControlPlane'
      | 'sources'
    >
  > & {
    /** The package source, when the run needs one. */
    readonly source?: PackageSource | undefined
  }

/** A session whose preflight found no errors. */
export type PreflightedSession = Session & RunCluster

/** The run that the engine carries out on these machines. */
export function runOf(options: WorkflowOptions, session: RunCluster, machines: readonly Machine[]): Run {
  const {clock, signal, random} = options
  return {
    cluster: session.cluster,
    machines,
    nodes: session.nodes,
    existingNodes: session.existingNodes,
    elsewhere: session.elsewhere,
    initialControlPlane: session.initialControlPlane,
    endpoint: session.endpoint,
    publicServer: session.publicServer,
    runningServer: session.runningServer,
    steps: options.steps,
    bundle: options.bundle,
    source: session.source,
    templates: options.templates,
    values: runValues({
      ...session.sources,
      joinEtcd:
        session.controlPlane === undefined ? undefined : etcdJoiner(session.controlPlane, machines, {clock, signal}),
      releaseHash: options.readReleaseHash,
      makeKey,
      random,
      now: new Date(clock.now()),
    }),
    ...accessOf(session),
    clusterLease: clusterLeaseOf(options),
    upload,
    emit: options.emit,
    explain: options.explain,
    clock,
    signal,
  }
}

/** The run's access to the API as an administrator, if it has a control plane. */
function accessOf({controlPlane}: RunCluster): Pick<Run, 'isAdmin' | 'api' | 'superApi' | 'etcd' | 'onWritten'> {
  const noAdmin = (): Promise<never> =>
    Promise.reject(new KadmError('remote', 'this run has no admin access to the cluster'))
  return {
    isAdmin: controlPlane !== undefined,
    api: controlPlane?.api ?? noAdmin,
    superApi: controlPlane?.superApi ?? noAdmin,
    etcd: controlPlane?.etcd ?? noAdmin,
    onWritten: (host, resource) => {
      if (resource.kind === 'kubeconfig' && host.name === controlPlane?.host.name) controlPlane.forget(resource.path)
    },
  }
}

const upload: Run['upload'] = ({host, lease}, uploads, {progress, signal}) => {
  if (lease === undefined) throw new Error(`${host.name}: cannot copy files to the host without its lease`)
  return uploadAll(host, uploads, {fence: lease.fence, signal, progress})
}

/** A host is added to etcd only while the run holds the lease of that host. Each step of it looks first, so that a lost answer does no harm. */
const etcdJoiner =
  ({etcd}: ControlPlane, machines: readonly Machine[], {clock, signal}: Persistence) =>
  async (peer: JoiningPeer): Promise<readonly EtcdPeer[]> => {
    const lease = machines.find(({node}) => node.name === peer.name)?.lease
    if (lease === undefined) throw new Error(`${peer.name}: cannot add the host to etcd without its lease`)
    return throughCuts(
      async () => {
        const client = await etcd()
        await lease.confirm()
        return joinEtcd(client, peer, ms => clock.sleep(ms, signal))
      },
      {clock, signal},
    )
  }

/** All failures of all hosts, or the number of changes. */
export function judgeOutcomes(outcomes: readonly Outcome<number>[]): number {
  const failures = outcomes.flatMap(outcome =>
    outcome.status === 'failed' ? [asError(outcome.error, outcome.job.node.name)] : [],
  )
  const [first] = failures
  if (first !== undefined && failures.length === 1) throw first
  if (first !== undefined) throw new AggregateError(failures, failures.map(({message}) => message).join('\n'))
  return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'done' ? outcome.result : 0), 0)
}

function asError(error: unknown, host: string): Error {
  if (error instanceof KadmError && error.host === undefined) {
    return new KadmError(error.code, error.message, {
      host,
      hint: error.hint,
      evidence: error.evidence,
      cause: error.cause,
    })
  }
  return error instanceof Error ? error : new Error(String(error))
}
