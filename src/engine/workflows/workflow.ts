import type {Node} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {joinControlPlanePhase} from '../../phases/control-plane/join.ts'
import {waitControlPlanePhase} from '../../phases/control-plane/wait-control-plane.ts'
import type {Finding} from '../../phases/preflight/finding.ts'
import {carryOut, planChanges} from '../schedule/carry-out.ts'
import type {PlannedChange} from '../schedule/differences.ts'
import {refuseHeld, warnOfHeld} from '../lease/refuse-held.ts'
import {withLeases} from '../lease/lease.ts'
import {closedSeedControlPlane, firewallRun, warnOfClosed} from '../preflight/open-firewall.ts'
import {restoreTarget} from '../backup/restore-target.ts'
import type {Session} from './session.ts'
import {withSession} from './with-session.ts'
import {removeLost, withoutLost, type Replacement} from '../removal/replace.ts'
import {askAboutLost, tellOfLost} from './replace-lost.ts'
import {requireQuorum, type RunMembers} from '../cluster/quorum.ts'
import {refuseUnfit} from './refuse-unfit.ts'
import {sessionRequests} from './session-requests.ts'
import type {RequestFile} from '../cluster/signing-requests.ts'
import {requireRoom} from '../cluster/room-in-etcd.ts'
import {removeOldTokens} from '../cluster/old-tokens.ts'
import type {WorkflowOptions} from './options.ts'
import {packageSourceOf} from '../sources/package-source.ts'
import {askReleaseHashes} from '../sources/release-hashes.ts'
import {judgeOutcomes, machineOf, runOf, type PreflightedSession} from '../schedule/run-of.ts'
import {emptyStage} from '../hosts/upload.ts'

export interface WorkflowResult {
  readonly changes: number
  readonly nodes: readonly Node[]
  /** `https://host:port` of the API for clients. */
  readonly endpoint: string
}

/** Changes the hosts to the desired state: preflight checks all hosts before the first is changed. */
export const carryOutWorkflow = (options: WorkflowOptions): Promise<WorkflowResult> =>
  withSession(options, refuseHeld, {
    before: async session => {
      await refuseLostQuorum(options, session)
      refuse(session.findings)
      return askBefore(options, session)
    },
    work: async (found, lost) => carryOutSession(options, await passPreflight(options, found), lost),
  })

/** The questions of a run: about the data that a restore replaces, or about lost control planes. */
async function askBefore(options: WorkflowOptions, session: Session): Promise<Replacement | undefined> {
  if (options.restoring === undefined) {
    const lost = await askAboutLost(options, session)
    await refuseWithoutRoom(options, session, lost)
    return lost
  }
  await options.restoring.ask(restoreTarget(options.restoring, session))
  return undefined
}

/** A run that joins a cluster was judged by `judgeJoining`. */
async function refuseWithoutRoom(
  {joinTo}: WorkflowOptions,
  session: Session,
  lost: Replacement | undefined,
): Promise<void> {
  const members = membersOf(session)
  if (joinTo !== undefined || members === undefined) return
  await requireRoom({...members, leaving: lost?.plan.removals.flatMap(({address}) => address ?? []) ?? []})
}

/** The phases that wait until etcd works; a run without them only works on hosts. */
const NEED_ETCD = [waitControlPlanePhase.name, joinControlPlanePhase.name]

/** A run that restores etcd needs no quorum, and one that joins a cluster has read it already. */
async function refuseLostQuorum({joinTo, restoring, steps}: WorkflowOptions, session: Session): Promise<void> {
  const members = membersOf(session)
  if (joinTo !== undefined || restoring !== undefined || members === undefined) return
  if (steps.some(({path}) => NEED_ETCD.some(name => path.split('/')[0] === name))) await requireQuorum(members)
}

const membersOf = ({cluster, nodes, candidates, controlPlane}: Session): RunMembers | undefined =>
  controlPlane && {
    cluster,
    nodes,
    factsOf: node => candidates[nodes.findIndex(({name}) => name === node.name)]?.gathered.facts,
    etcd: controlPlane.etcd,
  }

async function carryOutSession(
  options: WorkflowOptions,
  found: PreflightedSession,
  lost: Replacement | undefined,
): Promise<WorkflowResult> {
  const {emit, clock} = options
  const started = clock.now()
  try {
    const session = lost === undefined ? found : withoutLost(found, lost)
    const seedControlPlane = closedSeedControlPlane(options, session)
    await warnOfClosed(options, session)
    return await withLeases(
      [...session.candidates, ...(seedControlPlane === undefined ? [] : [seedControlPlane])].map(({host}) => host),
      options,
      async (leases, signal) => {
        const held = {...options, signal}
        const removed = lost === undefined ? 0 : await removeLost(held, session, lost)
        const lease = leases[session.candidates.length]
        const openFirewallFor =
          seedControlPlane === undefined ? [] : await carryOut(firewallRun(held, session, seedControlPlane, lease))
        const before = removed + judgeOutcomes(openFirewallFor)
        const machines = session.candidates.map((candidate, i) => machineOf(session, candidate, leases[i]))
        const changes = before + judgeOutcomes(await carryOut(runOf(held, session, machines)))
        await tidyTokens(held, session)
        emit({type: 'run-done', changes, durationMs: clock.now() - started, at: clock.now()})
        return {changes, nodes: session.nodes, endpoint: session.publicServer ?? session.endpoint}
      },
      emptyStage,
    )
  } finally {
    await found.dispose()
  }
}

/**
 * Deletes the tokens that killed runs left in the cluster; they expire by themselves when the API does not
 * answer now.
 */
async function tidyTokens(options: WorkflowOptions, {controlPlane, candidates}: Session): Promise<void> {
  if (controlPlane === undefined) return
  const {holder, emit, clock} = options
  const replaced = candidates.flatMap(({gathered}) => gathered.facts.lease?.holder ?? [])
  const warn = (message: string): void =>
    emit({type: 'warning', host: controlPlane.host.name, message, at: clock.now()})
  try {
    await removeOldTokens(await controlPlane.api(), {holder, replaced, warn})
  } catch (error) {
    if (!(error instanceof KadmError)) throw error
  }
}

/** What `carryOutWorkflow` would change; changes nothing. */
export const planWorkflow = (options: WorkflowOptions): Promise<readonly PlannedChange[]> =>
  withSession(options, warnOfHeld, {
    before: async session => {
      await refuseLostQuorum(options, session)
      if (options.restoring === undefined) await refuseWithoutRoom(options, session, await tellOfLost(options, session))
    },
    work: async found => {
      const session = await passPreflight(options, found)
      const machines = session.candidates.map(candidate => machineOf(session, candidate, undefined))
      const seedControlPlane = closedSeedControlPlane(options, session)
      const openFirewallFor =
        seedControlPlane === undefined ? [] : await planChanges(firewallRun(options, session, seedControlPlane))
      return [...openFirewallFor, ...(await planChanges(runOf(options, session, machines)))]
    },
  })

/** Keys and requests for what a CA must sign elsewhere, for the machines as the nodes that they are or will be; changes nothing. */
export const requestsWorkflow = (options: WorkflowOptions): Promise<readonly RequestFile[]> =>
  withSession(options, warnOfHeld, {
    before: () => Promise.resolve(),
    work: sessionRequests,
  })

/** All findings of all hosts; changes nothing. */
export const preflightWorkflow = (options: WorkflowOptions): Promise<readonly Finding[]> =>
  withSession(options, warnOfHeld, {
    before: () => Promise.resolve(),
    work: session => Promise.resolve(session.findings),
  })

/** All errors that preflight finds before a host is changed. */
async function passPreflight(options: WorkflowOptions, session: Session): Promise<PreflightedSession> {
  refuse(session.findings)
  const [source] = await Promise.all([packageSourceOf(options, session), askReleaseHashes(options, session)])
  const preflighted = {...session, source}
  await refuseUnfit(options, preflighted)
  return preflighted
}

function refuse(findings: readonly Finding[]): void {
  const errors = findings.filter(({severity}) => severity === 'error')
  if (errors.length === 0) return
  throw new KadmError(
    'preflight',
    `${String(errors.length)} of ${String(findings.length)} checks failed; nothing was changed`,
    {
      evidence: errors
        .map(
          ({name, hosts, message, remedy}) =>
            `${hosts.join(', ')}: ${name}: ${message}${remedy === undefined ? '' : `\n    ${remedy}`}`,
        )
        .join('\n'),
      hint: 'fix the errors above, or ignore them by name: --ignore-preflight-errors=NAME,…',
    },
  )
}
