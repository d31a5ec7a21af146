import type {Node} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Finding} from '../../phases/preflight/finding.ts'
import {carryOut, plan} from '../schedule/carry-out.ts'
import type {PlannedChange} from '../schedule/differences.ts'
import {refuseHeld, warnOfHeld} from '../lease/refuse-held.ts'
import {withLeases} from '../lease/lease.ts'
import {closedNeighbour, letInRun, warnOfClosed} from '../preflight/open-firewall.ts'
import {withOpened, type Opened} from './session.ts'
import {removeOldTokens} from '../cluster/old-tokens.ts'
import type {WorkflowOptions} from './options.ts'
import {packageSourceOf} from '../sources/package-source.ts'
import {askReleaseHashes} from '../sources/release-hashes.ts'
import {judgeOutcomes, machineOf, runOf, type Judged} from '../schedule/run-of.ts'
import {emptyStage} from '../hosts/upload.ts'

export interface WorkflowResult {
  readonly changes: number
  readonly nodes: readonly Node[]
  /** `https://host:port` of the API for clients. */
  readonly endpoint: string
}

/** Makes it so: all hosts are judged before the first is changed. */
export async function carryOutWorkflow(options: WorkflowOptions): Promise<WorkflowResult> {
  return withOpened(options, refuseHeld, async found => {
    const opened = await judged(options, found)
    const {emit, clock} = options
    const started = clock.now()
    try {
      const neighbour = closedNeighbour(options, opened)
      await warnOfClosed(options, opened)
      return await withLeases(
        [...opened.candidates, ...(neighbour === undefined ? [] : [neighbour])].map(({host}) => host),
        options,
        async (leases, signal) => {
          const held = {...options, signal}
          const lease = leases[opened.candidates.length]
          const letIn = neighbour === undefined ? [] : await carryOut(letInRun(held, opened, neighbour, lease))
          const before = judgeOutcomes(letIn)
          const machines = opened.candidates.map((candidate, i) => machineOf(opened, candidate, leases[i]))
          const changes = before + judgeOutcomes(await carryOut(runOf(held, opened, machines)))
          await tidyTokens(held, opened)
          emit({type: 'run-done', changes, durationMs: clock.now() - started, at: clock.now()})
          return {changes, nodes: opened.nodes, endpoint: opened.endpoint}
        },
        emptyStage,
      )
    } finally {
      await opened.tidy()
    }
  })
}

/** What runs that were killed left in the cluster; it expires by itself where the API does not answer now. */
async function tidyTokens(options: WorkflowOptions, {controlPlane, candidates}: Opened): Promise<void> {
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

/** What `carryOutWorkflow` would change; nothing is. */
export const planWorkflow = (options: WorkflowOptions): Promise<readonly PlannedChange[]> =>
  withOpened(options, warnOfHeld, async found => {
    const opened = await judged(options, found)
    const machines = opened.candidates.map(candidate => machineOf(opened, candidate, undefined))
    const neighbour = closedNeighbour(options, opened)
    const letIn = neighbour === undefined ? [] : await plan(letInRun(options, opened, neighbour))
    return [...letIn, ...(await plan(runOf(options, opened, machines)))]
  })

/** All findings of all hosts; nothing is changed. */
export const preflightWorkflow = (options: WorkflowOptions): Promise<readonly Finding[]> =>
  withOpened(options, warnOfHeld, opened => Promise.resolve(opened.findings))

/** All that can be said against it before a host is changed. */
async function judged(options: WorkflowOptions, opened: Opened): Promise<Judged> {
  refuse(opened.findings)
  const [source] = await Promise.all([packageSourceOf(options, opened), askReleaseHashes(options, opened)])
  return {...opened, source}
}

function refuse(findings: readonly Finding[]): void {
  const errors = findings.filter(({severity}) => severity === 'error')
  if (errors.length === 0) return
  throw new KadmError(
    'preflight',
    `${String(errors.length)} of ${String(findings.length)} checks failed, so nothing was changed`,
    {
      evidence: errors
        .map(
          ({name, hosts, saw, fix}) => `${hosts.join(', ')}: ${name}: ${saw}${fix === undefined ? '' : `\n    ${fix}`}`,
        )
        .join('\n'),
      hint: 'correct what is named, or give --ignore-preflight-errors with the names you know better about',
    },
  )
}
