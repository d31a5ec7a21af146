import type {SshTarget} from '../../domain/cluster.ts'
import type {Facts} from '../../domain/facts.ts'
import {isRepairable, planRepairs, type CloneRepair} from '../../phases/shared/clone-repair.ts'
import {chooseAddresses} from '../../phases/preflight/address-choice.ts'
import {clonesAmong} from '../../phases/preflight/checks/clones.ts'
import type {Finding} from '../../phases/preflight/finding.ts'
import {cloneCheck, duplicateNameCheck} from '../../phases/preflight/checks/identity-checks.ts'
import {viewsOf, type PreflightInput, type HostView} from '../../phases/preflight/input.ts'
import {preparePhase} from '../../phases/workflows/prepare.ts'
import {select} from '../../phases/select.ts'
import type {Host} from '../../remote/host.ts'
import type {KnownHostsStore} from '../../remote/host-keys/known-hosts-store.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {carryOut} from '../schedule/carry-out.ts'
import {refuseHeld} from '../lease/refuse-held.ts'
import {withLeases, type Lease} from '../lease/lease.ts'
import {openMachines, type Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from './options.ts'
import {renewIdentity, type Renewed} from './renew-identity.ts'
import {judgeOutcomes, runOf} from '../schedule/run-of.ts'

export interface RepairOptions extends WorkflowOptions {
  readonly trust: KnownHostsStore
  /**
   * Asks for confirmation of all changes, once, before anything is changed. Not called when there is nothing to
   * repair.
   */
  readonly mayRepair: (repairs: readonly CloneRepair[]) => Promise<boolean>
}

export interface RepairedHost {
  readonly host: string
  readonly name: string | undefined
  readonly original: string
  readonly machineId: string
  readonly hostKeys: readonly {readonly type: string; readonly fingerprint: string}[]
  readonly bootMs: number
  readonly before: SshTarget
  readonly now: SshTarget
  readonly staleLines: readonly string[]
}

export interface RepairReport {
  readonly repaired: readonly RepairedHost[]
  /** What the machines still have of one another; all is well where there is nothing. */
  readonly left: readonly Finding[]
}

/** Gives every clone its own identity; undefined when the user declined. */
export async function repairClones(options: RepairOptions): Promise<RepairReport | undefined> {
  const connections: Host[] = []
  const {emit, clock, command} = options
  const started = clock.now()
  try {
    const candidates = await openMachines(options.cluster.hosts, options, connections)
    refuseHeld(candidates, options)
    const input = inputOf(options, candidates)
    const views = viewsOf(input)
    const repairs = planRepairs(clonesAmong(views)).filter(isRepairable)
    if (repairs.length === 0) return {repaired: [], left: judged(views, input)}
    if (!(await options.mayRepair(repairs))) return undefined
    emit({type: 'run-started', command, hosts: repairs.map(({view}) => view.label), at: started})
    const done = await repairAll(options, {candidates, views, repairs}, connections)
    emit({type: 'run-done', changes: done.length, durationMs: clock.now() - started, at: clock.now()})
    const facts = new Map(done.map(({repair, renewed}) => [repair.view.node, renewed.gathered.facts]))
    const after = candidates.map((candidate, i): Candidate => {
      const node = views[i]?.node
      const now: Facts | undefined = node && facts.get(node)
      return now === undefined ? candidate : {...candidate, gathered: {...candidate.gathered, facts: now}}
    })
    const now = inputOf(options, after)
    return {repaired: done.map(reportOf), left: judged(viewsOf(now), now)}
  } finally {
    await Promise.allSettled(connections.map(host => host.close()))
  }
}

function inputOf({cluster}: RepairOptions, candidates: readonly Candidate[]): PreflightInput {
  const hosts = candidates.map(({spec, gathered}) => ({spec, facts: gathered.facts}))
  const {nodes} = chooseAddresses({cluster, hosts, existing: []})
  const known = candidates.flatMap(({gathered}, i) => {
    const node = nodes[i]
    return node === undefined ? [] : [{node, ...gathered}]
  })
  return {cluster, hosts: known, existing: [], clusterCaHash: undefined, bundleArchitecture: undefined}
}

/** What is not well; against nodes of a cluster nothing is compared here. */
const judged = (views: readonly HostView[], input: PreflightInput): readonly Finding[] =>
  [cloneCheck, duplicateNameCheck]
    .flatMap(check => check(views, input))
    .filter(({severity}) => severity === 'error' || severity === 'warning')

interface Found {
  readonly candidates: readonly Candidate[]
  readonly views: readonly HostView[]
  readonly repairs: readonly CloneRepair[]
}

interface Done {
  readonly repair: CloneRepair
  readonly before: SshTarget
  readonly renewed: Renewed
}

async function repairAll(options: RepairOptions, found: Found, connections: Host[]): Promise<readonly Done[]> {
  const {repairs, candidates} = found
  const hosts = repairs.map(repair => candidateOf(found, repair).host)
  const seedControlPlane = candidates.find(({host}) => !hosts.includes(host))?.host
  return withLeases(hosts, options, async (leases, signal) => {
    const held = {...options, signal}
    await rename(held, found, leases)
    return onEach(repairs, MACHINES_AT_ONCE, async (repair, i): Promise<Done> => {
      const {host, spec} = candidateOf(found, repair)
      const lease = leases[i]
      if (lease === undefined || spec.ssh === 'local') throw new Error(`${repair.view.label} cannot be repaired`)
      const renewing = {repair, host, target: spec.ssh, lease, seedControlPlane, trust: options.trust}
      const renewed = await renewIdentity(renewing, held)
      connections.push(renewed.host)
      return {repair, before: spec.ssh, renewed}
    })
  })
}

function candidateOf({candidates, views}: Found, {view}: CloneRepair): Candidate {
  const candidate = candidates[views.indexOf(view)]
  if (candidate === undefined) throw new Error(`${view.label} is not a host of this run`)
  return candidate
}

/** The ledger records the hostname change, as in any other run, so a reset restores the old name. */
async function rename(options: RepairOptions, found: Found, leases: readonly Lease[]): Promise<void> {
  const machines = found.repairs.flatMap((repair, i) => {
    const {host} = candidateOf(found, repair)
    const {node, facts} = repair.view
    return repair.newName === undefined ? [] : [{host, node, facts, lease: leases[i]}]
  })
  if (machines.length === 0) return
  const hosts = {cluster: options.cluster, nodes: machines.map(({node}) => node)}
  const steps = select([preparePhase], ['prepare/hostname'], [])
  judgeOutcomes(await carryOut(runOf({...options, steps}, hosts, machines)))
}

const reportOf = ({repair, before, renewed}: Done): RepairedHost => ({
  host: repair.view.label,
  name: repair.view.node.host.name,
  original: repair.original,
  machineId: renewed.gathered.facts.identity.machineId,
  hostKeys: renewed.identity.hostKeys.map(({type, fingerprint}) => ({type, fingerprint})),
  bootMs: renewed.bootMs,
  before,
  now: renewed.target,
  staleLines: renewed.staleLines,
})
