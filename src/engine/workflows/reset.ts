import type {HostSpec, Node} from '../../domain/cluster.ts'
import {LEDGER_DIR, MANIFESTS_DIR} from '../../domain/paths.ts'
import {reportPhase} from '../../domain/span.ts'
import {afterResetPhases, forgetAllButLedger, forgetScript, resetPhases} from '../../phases/workflows/reset.ts'
import type {Phase} from '../../phases/phase.ts'
import {select} from '../../phases/select.ts'
import type {Host} from '../../remote/host.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {carryOut} from '../schedule/carry-out.ts'
import {controlPlaneOn, type ControlPlane} from '../cluster/control-plane.ts'
import {refuseHeld} from '../lease/refuse-held.ts'
import {withLeases, type Lease} from '../lease/lease.ts'
import {revertLedger, type RevertReport} from '../ledger/ledger.ts'
import type {Machine} from '../hosts/machine.ts'
import {openMachines, type Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from './options.ts'
import {judgeOutcomes, runOf} from '../schedule/run-of.ts'

export interface HostReset extends RevertReport {
  readonly host: string
}

export interface ResetReport {
  readonly hosts: readonly HostReset[]
}

/** The input of a reset that does not ask the cluster. */
export type ResetRun = Omit<WorkflowOptions, 'joinTo' | 'steps'>

export type ResetOptions = ResetRun & {
  /** The control plane that stays: it drains each node, deletes its Node object and removes its member of etcd. */
  readonly remaining: HostSpec | undefined
}

/** Removes hosts from their cluster, workers first, and restores each to its state before kadm. */
export async function resetWorkflow(options: ResetOptions): Promise<ResetReport> {
  const connections: Host[] = []
  const {emit, clock, cluster, command, remaining} = options
  const started = clock.now()
  try {
    const [candidates, stays] = await Promise.all([
      openMachines(cluster.hosts, options, connections),
      remaining === undefined ? undefined : options.connect(remaining),
    ])
    if (stays !== undefined) connections.push(stays)
    refuseHeld(candidates, options)
    emit({type: 'run-started', command, hosts: candidates.map(candidate => nodeOf(candidate).name), at: started})
    const report = await withLeases(
      candidates.map(({host}) => host),
      options,
      (leases, signal) => resetAll({...options, signal}, candidates, leases, stays),
    )
    const changes = report.hosts.reduce((sum, {undone}) => sum + undone.length, 0)
    emit({type: 'run-done', changes, durationMs: clock.now() - started, at: clock.now()})
    return report
  } finally {
    await Promise.allSettled(connections.map(host => host.close()))
  }
}

/** The host itself shows its role: a control plane has the API server's manifest. */
const nodeOf = ({spec, gathered: {facts}}: Candidate): Node => ({
  host: spec,
  role: facts.files[`${MANIFESTS_DIR}/kube-apiserver.yaml`] === undefined ? 'worker' : 'control-plane',
  name: facts.nodeName ?? facts.hostname,
  address: facts.network.connectedAddress ?? '',
  networkInterface: '',
})

async function resetAll(
  options: ResetOptions,
  candidates: readonly Candidate[],
  leases: readonly Lease[],
  stays: Host | undefined,
): Promise<ResetReport> {
  const controlPlane = stays === undefined ? undefined : controlPlaneOn(stays, options.signal)
  try {
    return await resetMachines(options, machinesOf(candidates, leases), {phases: resetPhases, controlPlane})
  } finally {
    await controlPlane?.close()
  }
}

/** The machines of a reset, with the lease of each. */
export const machinesOf = (candidates: readonly Candidate[], leases: readonly Lease[]): readonly Machine[] =>
  candidates.map((candidate, i) => {
    const {host, gathered} = candidate
    return {host, facts: gathered.facts, node: nodeOf(candidate), lease: leases[i]}
  })

/** What comes before the ledger is reverted, and by which control plane. */
export interface BeforeRevert {
  readonly phases: readonly Phase[]
  readonly controlPlane: ControlPlane | undefined
}

/** Restores each machine, workers first, while the caller holds the leases. */
export async function resetMachines(
  options: ResetRun,
  machines: readonly Machine[],
  {phases: before, controlPlane}: BeforeRevert,
): Promise<ResetReport> {
  const nodes = machines.map(({node}) => node)
  const carryOutOn: CarryOutOn = async (some, phases) => {
    const steps = select(phases, [], [])
    judgeOutcomes(await carryOut(runOf({...options, steps}, {cluster: options.cluster, nodes, controlPlane}, some)))
  }
  const workers = machines.filter(({node}) => node.role === 'worker')
  const controlPlanes = machines.filter(({node}) => node.role === 'control-plane')
  const first = await resetHosts({options, carryOutOn, before}, workers)
  return {hosts: [...first, ...(await resetHosts({options, carryOutOn, before}, controlPlanes))]}
}

type CarryOutOn = (machines: readonly Machine[], phases: readonly Phase[]) => Promise<void>

interface Resetting {
  readonly options: ResetRun
  readonly carryOutOn: CarryOutOn
  readonly before: readonly Phase[]
}

async function resetHosts(
  {options, carryOutOn, before}: Resetting,
  machines: readonly Machine[],
): Promise<readonly HostReset[]> {
  if (machines.length === 0) return []
  await carryOutOn(machines, before)
  const reports = await onEach(machines, MACHINES_AT_ONCE, machine => revertOn(options, machine))
  await carryOutOn(machines, afterResetPhases)
  await onEach(machines, MACHINES_AT_ONCE, async ({lease, node}) => {
    const isAllBack = reports.every(({host: name, left}) => name !== node.name || left.length === 0)
    await lease?.forget(isAllBack ? forgetScript : forgetAllButLedger)
  })
  return reports
}

async function revertOn({emit, clock, signal: stop}: ResetRun, {host, node, lease}: Machine): Promise<HostReset> {
  if (lease === undefined) throw new Error(`${host.name}: cannot undo changes on the host without its lease`)
  const signal = AbortSignal.any([stop, lease.lost])
  const warn = (message: string): void => emit({type: 'warning', host: node.name, message, at: clock.now()})
  const report = await reportPhase(
    {emit, clock},
    {host: node.name, phase: 'undo', title: 'Restore the original state'},
    progress => revertLedger({host, signal, clock, fence: lease.fence, lend: lease.lend, progress, warn}),
    ({undone}) => undone.length,
  )
  for (const {id, because, reason} of report.left) {
    warn(
      reason === 'changed'
        ? `${id} was modified after kadm changed it (${because}); left unchanged, its original stays in ${LEDGER_DIR}`
        : `${id} was left unchanged: ${because}; its entry stays in ${LEDGER_DIR}`,
    )
  }
  return {host: node.name, ...report}
}
