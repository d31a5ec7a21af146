import type {Cluster} from '../../domain/cluster.ts'
import {stopPhase} from '../../phases/workflows/reset.ts'
import type {Host} from '../../remote/host.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import {clusterLeaseOf} from '../lease/cluster-lease-of.ts'
import {withLeases, type Lease} from '../lease/lease.ts'
import {forgetLeavers, knowingLeavers} from '../removal/forget-leavers.ts'
import type {ClusterAccess} from '../removal/cluster-access.ts'
import {leaveCluster} from '../removal/leave-cluster.ts'
import type {DrainSettings} from '../removal/drain-settings.ts'
import type {Removal} from '../removal/look.ts'
import {machinesOf, resetMachines, type HostReset, type ResetRun} from './reset.ts'

export type RemoveOptions = ResetRun & {
  readonly removal: Removal
  readonly access: ClusterAccess
  readonly drain: DrainSettings
  /** Machines that stay in the cluster and that this run reaches. */
  readonly stay: readonly Candidate[]
}

export interface RemoveReport {
  readonly changes: number
  /** The machines that were reset; a dead one is not. */
  readonly hosts: readonly HostReset[]
}

/** Carries out a removal that was decided: the machines leave the cluster, then those that are alive are reset. */
export async function removeWorkflow(options: RemoveOptions): Promise<RemoveReport> {
  const {removal, emit, clock, command} = options
  const started = clock.now()
  const leaving = removal.found.flatMap(({candidate}) => candidate ?? [])
  const stay = knowingLeavers(options.stay, clusterOf(options), removal.plan.removals)
  emit({type: 'run-started', command, hosts: removal.plan.removals.map(({name}) => name), at: started})
  const hosts: readonly Host[] = [...leaving, ...stay].map(({host}) => host)
  const report = await withLeases(hosts, options, (leases, signal) =>
    carryOutRemoval({...options, signal}, {leaving, stay, leases}),
  )
  emit({type: 'run-done', changes: report.changes, durationMs: clock.now() - started, at: clock.now()})
  return report
}

/** The settings of the file; only the cluster knows for certain how its nodes reach the API. */
const clusterOf = ({cluster, removal: {live}}: RemoveOptions): Cluster => ({
  ...cluster,
  controlPlaneEndpoint: live.controlPlaneEndpoint,
})

interface Leased {
  readonly leaving: readonly Candidate[]
  readonly stay: readonly Candidate[]
  /** First those of the leaving machines, then those of the others. */
  readonly leases: readonly Lease[]
}

async function carryOutRemoval(options: RemoveOptions, {leaving, stay, leases}: Leased): Promise<RemoveReport> {
  const {removal} = options
  const own = new Map(
    removal.found.flatMap(({leaver, candidate}) => {
      const lease = candidate && leases[leaving.indexOf(candidate)]
      return lease === undefined ? [] : [[leaver.name, lease] as const]
    }),
  )
  const forget = (): Promise<number> =>
    forgetLeavers(options, {
      cluster: clusterOf(options),
      nodes: removal.nodes,
      leavers: removal.plan.removals,
      stay: stay.map((candidate, i) => ({candidate, lease: leases[leaving.length + i]})),
    })
  const left = await leaveCluster(removal.plan, {
    ...options,
    clusterLease: clusterLeaseOf(options),
    leaseOf: node => own.get(node),
    before: forget,
    nodes: removal.nodes,
  })
  const machines = machinesOf(leaving, leases)
  const {hosts} = await resetMachines(options, machines, {phases: [stopPhase], controlPlane: undefined})
  return {changes: left + hosts.reduce((sum, {undone}) => sum + undone.length, 0), hosts}
}
