import type {Bundle} from '../domain/bundle.ts'
import type {Cluster, Node} from '../domain/cluster.ts'
import {KadmError} from '../domain/errors.ts'
import type {Sink} from '../domain/events.ts'
import type {PhaseContext, Step} from '../phases/phase.ts'
import type {AnyHostResource, AnyResource, OperationResource} from '../resources/any-resource.ts'
import {isOperation, kindOf, operationOf} from '../resources/any-resource.ts'
import type {OperationContext} from '../resources/operation.ts'
import type {Values} from '../resources/values.ts'
import type {KubeApi} from '../kube/client.ts'
import {actScript, lastAct, LEASE_LOST, type Change} from './act.ts'
import {jobsFor, runJobs, type Job, type Outcome} from './jobs.ts'
import {look, parseLooks, type Looked} from './look.ts'
import type {Machine} from './machine.ts'

/** One thing that differs: for plans, events and the saved plan. */
export interface PlannedChange {
  readonly host: string
  readonly phase: string
  readonly resource: string
  readonly why: string
  readonly diff: string
  readonly detail: string | undefined
}

export interface Run {
  readonly cluster: Cluster
  readonly machines: readonly Machine[]
  /** Every node that is known, also those that this run does not touch. */
  readonly nodes: readonly Node[]
  readonly first: Node | undefined
  readonly steps: readonly Step[]
  readonly bundle: Bundle | undefined
  readonly values: Values
  readonly api: () => Promise<KubeApi>
  /** Brings the files of a bundle that these changes need to the host. */
  readonly stage: (machine: Machine, changes: readonly AnyHostResource[], progress: (message: string) => void) => Promise<void>
  readonly emit: Sink
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
}

const contextOf = (run: Run, machine: Machine): PhaseContext => ({
  cluster: run.cluster,
  node: machine.node,
  facts: machine.facts,
  nodes: run.nodes,
  bundle: run.bundle,
  now: run.values.now,
})

const machineOf = (run: Run, job: Job): Machine => {
  const machine = run.machines.find(({node}) => node === job.node)
  if (machine === undefined) throw new Error(`no machine for ${job.node.name}`)
  return machine
}

const operationContext = (run: Run, machine: Machine, progress: (message: string) => void): OperationContext => ({
  host: machine.host,
  api: run.api,
  values: run.values,
  signal: run.signal,
  now: run.now,
  sleep: run.sleep,
  progress,
})

interface Differences {
  readonly host: readonly Looked[]
  readonly operations: readonly {readonly resource: OperationResource; readonly diff: string}[]
}

async function differences(run: Run, machine: Machine, resources: readonly AnyResource[]): Promise<Differences> {
  const hostResources = resources.filter((r): r is AnyHostResource => !isOperation(r))
  const operations = resources.filter(isOperation)
  const context = operationContext(run, machine, () => undefined)
  const [looked, found] = await Promise.all([
    look(machine.host, hostResources, run.signal),
    Promise.all(operations.map(async resource => ({resource, diff: await operationOf(resource).look(resource, context)}))),
  ])
  return {
    host: looked.filter(({diff}) => diff !== undefined),
    operations: found.flatMap(({resource, diff}) => (diff === undefined ? [] : [{resource, diff}])),
  }
}

const isSame = ({host, operations}: Differences): boolean => host.length === 0 && operations.length === 0

const plannedOf = (job: Job, found: Differences): readonly PlannedChange[] => [
  ...found.host.map(({resource, state, diff}) => ({
    host: job.node.name,
    phase: job.step.path,
    resource: resource.id,
    why: resource.why,
    diff: diff ?? '',
    detail: kindOf(resource).detail?.(resource, state),
  })),
  ...found.operations.map(({resource, diff}) => ({
    host: job.node.name,
    phase: job.step.path,
    resource: resource.id,
    why: resource.why,
    diff,
    detail: undefined,
  })),
]

/** What a run would change, without changing anything: every phase of every host is looked at, side by side. */
export async function plan(run: Run): Promise<readonly PlannedChange[]> {
  const jobs = jobsFor(run.steps, run.machines.map(({node}) => node), run.first)
  const found = await Promise.all(
    jobs.map(async job => {
      const machine = machineOf(run, job)
      const context = contextOf(run, machine)
      if ((job.step.phase.when?.(context) ?? true) !== true) return []
      return plannedOf(job, await differences(run, machine, job.step.phase.resources?.(context) ?? []))
    }),
  )
  return found.flat()
}

/** Looks, changes what differs, looks again; per host in the order of the phases, side by side over hosts. */
export async function carryOut(run: Run): Promise<readonly Outcome<number>[]> {
  const jobs = jobsFor(run.steps, run.machines.map(({node}) => node), run.first)
  return runJobs(jobs, job => carryOutJob(run, job))
}

async function carryOutJob(run: Run, job: Job): Promise<number> {
  const machine = machineOf(run, job)
  const {path, phase} = job.step
  const about = {host: job.node.name, phase: path, title: phase.title}
  const started = run.now()
  run.signal.throwIfAborted()
  const context = contextOf(run, machine)
  const when = phase.when?.(context) ?? true
  if (when !== true) {
    run.emit({type: 'phase-skipped', ...about, reason: when, at: started})
    return 0
  }
  run.emit({type: 'phase-started', ...about, at: started})
  try {
    const changes = await change(run, machine, job, phase.resources?.(context) ?? [])
    run.emit({type: 'phase-done', ...about, changes, durationMs: run.now() - started, at: run.now()})
    return changes
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const hint = error instanceof KadmError ? error.hint : undefined
    run.emit({type: 'phase-failed', ...about, error: message, hint, durationMs: run.now() - started, at: run.now()})
    throw error
  }
}

async function change(run: Run, machine: Machine, job: Job, resources: readonly AnyResource[]): Promise<number> {
  const progress = (message: string): void =>
    run.emit({type: 'phase-progress', host: job.node.name, phase: job.step.path, message, at: run.now()})
  const found = await differences(run, machine, resources)
  if (isSame(found)) return 0
  for (const {resource, diff} of plannedOf(job, found)) {
    run.emit({type: 'changed', host: job.node.name, phase: job.step.path, resource, what: diff, at: run.now()})
  }
  if (found.host.length > 0) await changeHost(run, machine, found.host, progress)
  const context = operationContext(run, machine, progress)
  await Promise.all(found.operations.map(({resource}) => operationOf(resource).act(resource, context)))
  return found.host.length + found.operations.length
}

async function changeHost(run: Run, machine: Machine, found: readonly Looked[], progress: (message: string) => void): Promise<void> {
  const {host, lease} = machine
  if (lease === undefined) throw new Error(`${host.name}: no lease, so nothing may be changed`)
  await run.stage(machine, found.map(({resource}) => resource), progress)
  const changes: readonly Change[] = await Promise.all(
    found.map(async ({resource, state}) => ({resource: (await kindOf(resource).resolve?.(resource, state, run.values)) ?? resource, state})),
  )
  const result = await host.run(actScript(changes, lease.fence).text, {signal: run.signal, timeoutMs: ACT_TIMEOUT_MS})
  if (result.code === LEASE_LOST) {
    throw new KadmError('lease', 'another run of kadm took over', {host: host.name, evidence: result.stderr, hint: 'let it finish, then run this again'})
  }
  if (result.code !== 0) {
    const id = lastAct(result.stderr)
    const evidence = result.stderr.replaceAll(/\u001dact .*\n/g, '').trim()
    throw new KadmError('remote', `could not apply ${id ?? 'the changes'}${evidence === '' ? '' : `: ${evidence.split('\n').at(-1) ?? ''}`}`, {host: host.name, evidence})
  }
  const left = parseLooks(result.stdout, changes.map(({resource}) => resource), host.name).filter(({diff}) => diff !== undefined)
  if (left.length > 0) {
    throw new KadmError('remote', left.map(({resource, diff}) => `${resource.id}: ${diff ?? ''}`).join('\n'), {
      host: host.name,
      hint: 'it was changed and is still not as it should be; something on the host works against it',
    })
  }
}

const ACT_TIMEOUT_MS = 15 * 60_000
