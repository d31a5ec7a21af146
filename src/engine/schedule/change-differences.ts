import {throughCuts} from '../../remote/reconnect/come-back.ts'
import {onEach} from '../../remote/on-each.ts'
import {isOperation, operationOf} from '../../resources/any-resource.ts'
import type {AnyHostResource, AnyResource, OperationResource} from '../../resources/any-resource.ts'
import {changeHost} from '../hosts/change-host.ts'
import type {Looked} from '../hosts/look.ts'
import type {Machine} from '../hosts/machine.ts'
import {differences, hostChange, operationChange, type Differences, type PlannedChange} from './differences.ts'
import type {FirstLook} from './differences.ts'
import type {Job} from './job-graph.ts'
import {operationContext, type Run} from './run.ts'

/** A job on its machine, and how it reports. */
export interface JobAtWork {
  readonly run: Run
  readonly job: Job
  readonly machine: Machine
}

/** The first looks that still hold; the lane of a machine removes its own when it changes something. */
export type FirstLooks = Map<Machine, Promise<FirstLook>>

interface Reports {
  readonly progress: (message: string) => void
  readonly changed: (changes: readonly PlannedChange[]) => void
  readonly warn: (message: string) => void
}

function reportsOf({run, job}: JobAtWork): Reports {
  const host = job.node.name
  const phase = job.step.path
  const at = (): number => run.clock.now()
  return {
    progress: message => run.emit({type: 'phase-progress', host, phase, message, at: at()}),
    warn: message => run.emit({type: 'warning', host, message, at: at()}),
    changed: changes => {
      for (const {resource, diff} of changes) run.emit({type: 'changed', host, phase, resource, what: diff, at: at()})
    },
  }
}

/** Changes what differs on the host, then what differs in the cluster; returns the number of changes. */
export async function changeDifferences(
  work: JobAtWork,
  resources: readonly AnyResource[],
  looks: FirstLooks,
): Promise<number> {
  const {run, machine} = work
  const reports = reportsOf(work)
  const found = await differences(run, machine, resources, await looks.get(machine))
  if (found.host.length > 0) looks.delete(machine)
  const everything = resources.filter((r): r is AnyHostResource => !isOperation(r))
  const changes = await changeOnHost(work, {everything, found: found.host}, reports)
  return changes + (await actOnCluster(work, found.operations, reports))
}

async function changeOnHost(
  {run, job, machine}: JobAtWork,
  {everything, found}: {readonly everything: readonly AnyHostResource[]; readonly found: readonly Looked[]},
  {progress, changed, warn}: Reports,
): Promise<number> {
  const acted: Looked[] = [...found]
  changed(found.map(looked => hostChange(job, looked)))
  const options = {
    machine,
    everything,
    values: run.values,
    upload: (to: Machine, uploads: Parameters<Run['upload']>[1]) =>
      run.upload(to, uploads, {progress, signal: run.signal}),
    clock: run.clock,
    progress,
    warn,
    onFurtherChanges: (more: readonly Looked[]) => {
      changed(more.map(looked => hostChange(job, looked)))
      acted.push(...more)
    },
    signal: run.signal,
  }
  return changeHost(options, found).finally(() => {
    for (const {resource} of acted) run.onWritten?.(machine.host, resource)
  })
}

async function actOnCluster(
  {run, job, machine}: JobAtWork,
  operations: Differences['operations'],
  {progress, changed}: Reports,
): Promise<number> {
  const context = operationContext(run, machine, progress)
  await mayAct(run, machine, {operations, progress})
  // Wait for all before a failure ends the phase, so that no operation continues in the background.
  const done = await onEach(operations, Infinity, async one => {
    const isChange = (await operationOf(one.resource).act(one.resource, context)) === 'changed'
    if (isChange) changed([operationChange(job, one)])
    return isChange
  })
  return done.filter(Boolean).length
}

/** What is one for the whole cluster: two runs that work on different machines would write it in turns. */
const CLUSTER_WIDE: readonly OperationResource['kind'][] = [
  'absent-nodes',
  'cluster-info',
  'etcd-left',
  'etcd-voter',
  'kube-object',
  'node-removed',
  'pods-in-force',
]

/**
 * Before operations act: the run still holds the lease of the machine, and for what is the cluster's own, that of the
 * cluster.
 */
async function mayAct(
  run: Run,
  {lease}: Machine,
  {operations, progress}: Pick<Differences, 'operations'> & {readonly progress: (message: string) => void},
): Promise<void> {
  if (operations.length === 0) return
  if (lease !== undefined) await throughCuts(() => lease.confirm(), run)
  if (operations.some(({resource}) => CLUSTER_WIDE.includes(resource.kind)))
    await run.clusterLease?.take({api: await run.api(), signal: run.signal, progress})
}
