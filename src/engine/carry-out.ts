import type {Clock} from '../domain/clock.ts'
import type {Cluster, Node} from '../domain/cluster.ts'
import {KadmError} from '../domain/errors.ts'
import type {Sink} from '../domain/events.ts'
import type {PackageSource} from '../domain/repository.ts'
import type {KubeClient} from '../kube/client.ts'
import type {Templates} from '../manifests/templates.ts'
import type {LocalBundle, PhaseContext, Step} from '../phases/phase.ts'
import type {AnyHostResource, AnyResource, OperationResource} from '../resources/any-resource.ts'
import {isOperation, kindOf, operationOf} from '../resources/any-resource.ts'
import type {Upload} from '../resources/kind.ts'
import type {OperationContext} from '../resources/operation.ts'
import type {Values} from '../resources/values.ts'
import {changeHost} from './change-host.ts'
import {jobsFor, runJobs, type Job, type Outcome} from './jobs.ts'
import {look, type Looked} from './look.ts'
import type {Machine} from './machine.ts'
import type {Explain} from './options.ts'

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
  readonly endpoint: string
  readonly steps: readonly Step[]
  readonly bundle: LocalBundle | undefined
  readonly source?: PackageSource | undefined
  readonly templates: Templates
  readonly isAdmin: boolean
  readonly values: Values
  readonly api: () => Promise<KubeClient>
  readonly superApi: () => Promise<KubeClient>
  readonly upload: (machine: Machine, uploads: readonly Upload[], progress: (message: string) => void) => Promise<void>
  readonly emit: Sink
  readonly explain?: Explain | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
}

export const contextOf = (run: Run, {node, facts}: Machine): PhaseContext => ({
  cluster: run.cluster,
  node,
  facts,
  nodes: run.nodes,
  endpoint: run.endpoint,
  bundle: run.bundle,
  source: run.source,
  templates: run.templates,
  isAdmin: run.isAdmin,
  now: run.values.now,
})

const jobsOf = (run: Run): readonly Job[] =>
  jobsFor(
    run.steps,
    run.machines.map(({node}) => node),
    run.first,
  )

const machineOf = (run: Run, job: Job): Machine => {
  const machine = run.machines.find(({node}) => node === job.node)
  if (machine === undefined) throw new Error(`no machine for ${job.node.name}`)
  return machine
}

const operationContext = (run: Run, machine: Machine, progress: (message: string) => void): OperationContext => ({
  host: machine.host,
  api: run.api,
  superApi: run.superApi,
  values: run.values,
  signal: run.signal,
  clock: run.clock,
  progress,
})

/** What a host looked like when the run began; good for as long as the run has changed nothing there. */
interface FirstLook {
  readonly found: ReadonlyMap<string, Looked>
  isStale: boolean
}

interface Differences {
  readonly host: readonly Looked[]
  readonly operations: readonly {readonly resource: OperationResource; readonly diff: string}[]
}

async function differences(
  run: Run,
  machine: Machine,
  resources: readonly AnyResource[],
  first?: FirstLook,
): Promise<Differences> {
  const hostResources = resources.filter((r): r is AnyHostResource => !isOperation(r))
  const operations = resources.filter(isOperation)
  const context = operationContext(run, machine, () => undefined)
  const known =
    first === undefined || first.isStale ? undefined : hostResources.flatMap(({id}) => first.found.get(id) ?? [])
  const [looked, found] = await Promise.all([
    known?.length === hostResources.length ? known : look(machine.host, hostResources, run.signal),
    Promise.all(
      operations.map(async resource => ({resource, diff: await operationOf(resource).look(resource, context)})),
    ),
  ])
  return {
    host: looked.filter(({diff}) => diff !== undefined),
    operations: found.flatMap(({resource, diff}) => (diff === undefined ? [] : [{resource, diff}])),
  }
}

const hostChange = (job: Job, {resource, state, diff}: Looked): PlannedChange => ({
  host: job.node.name,
  phase: job.step.path,
  resource: resource.id,
  why: resource.why,
  diff: diff ?? '',
  detail: kindOf(resource).detail?.(resource, state),
})

const plannedOf = (job: Job, found: Differences): readonly PlannedChange[] => [
  ...found.host.map(looked => hostChange(job, looked)),
  ...found.operations.map(({resource, diff}) => ({
    host: job.node.name,
    phase: job.step.path,
    resource: resource.id,
    why: resource.why,
    diff,
    detail: undefined,
  })),
]

/** Everything of a host's lane that shell can look at, in one script. */
async function firstLook(run: Run, machine: Machine): Promise<FirstLook> {
  const context = contextOf(run, machine)
  const resources = jobsOf(run)
    .filter(({node}) => node === machine.node)
    .filter(({step}) => (step.phase.when?.(context) ?? true) === true)
    .flatMap(({step}) => step.phase.resources?.(context) ?? [])
    .filter((r): r is AnyHostResource => !isOperation(r))
  const unique = [...new Map(resources.map(resource => [resource.id, resource])).values()]
  const looked = await look(machine.host, unique, run.signal)
  return {found: new Map(looked.map(l => [l.resource.id, l])), isStale: false}
}

/** What a run would change, without changing anything: every host is looked at once, all side by side. */
export async function plan(run: Run): Promise<readonly PlannedChange[]> {
  const looks = await allFirstLooks(run)
  const found = await Promise.all(
    jobsOf(run).map(async job => {
      const machine = machineOf(run, job)
      const context = contextOf(run, machine)
      if ((job.step.phase.when?.(context) ?? true) !== true) return []
      return plannedOf(
        job,
        await differences(run, machine, job.step.phase.resources?.(context) ?? [], looks.get(machine)),
      )
    }),
  )
  return found.flat()
}

const allFirstLooks = async (run: Run): Promise<ReadonlyMap<Machine, FirstLook>> =>
  new Map(await Promise.all(run.machines.map(async machine => [machine, await firstLook(run, machine)] as const)))

/** Looks, changes what differs, looks again; per host in the order of the phases, side by side over hosts. */
export async function carryOut(run: Run): Promise<readonly Outcome<number>[]> {
  const looks = new Map(run.machines.map(machine => [machine, firstLook(run, machine)] as const))
  // Awaited by the lanes; a look that fails fails the first phase of its own lane.
  for (const pending of looks.values()) pending.catch(() => undefined)
  return runJobs(jobsOf(run), job => carryOutJob(run, job, looks))
}

async function carryOutJob(run: Run, job: Job, looks: ReadonlyMap<Machine, Promise<FirstLook>>): Promise<number> {
  const machine = machineOf(run, job)
  const {path, phase} = job.step
  const about = {host: job.node.name, phase: path, title: phase.title}
  const started = run.clock.now()
  if (run.signal.aborted)
    throw new KadmError('cancelled', 'cancelled', {
      host: job.node.name,
      hint: 'run it again; it goes on from what is so',
    })
  const context = contextOf(run, machine)
  const when = phase.when?.(context) ?? true
  if (when !== true) {
    run.emit({type: 'phase-skipped', ...about, reason: when, at: started})
    return 0
  }
  run.emit({type: 'phase-started', ...about, at: started})
  try {
    const changes = await change(run, job, phase.resources?.(context) ?? [], await looks.get(machine))
    run.emit({type: 'phase-done', ...about, changes, durationMs: run.clock.now() - started, at: run.clock.now()})
    return changes
  } catch (thrown) {
    const error = await explained(run, machine, thrown, path)
    const message = error instanceof Error ? error.message : String(error)
    const hint = error instanceof KadmError ? error.hint : undefined
    run.emit({
      type: 'phase-failed',
      ...about,
      error: message,
      hint,
      durationMs: run.clock.now() - started,
      at: run.clock.now(),
    })
    throw error
  }
}

/** What takes too long or is refused has a cause on the host; everything else says its own. */
async function explained(run: Run, {host}: Machine, error: unknown, phase: string): Promise<unknown> {
  if (!(error instanceof KadmError) || run.explain === undefined || run.signal.aborted) return error
  return error.code === 'timeout' || error.code === 'remote' ? run.explain(host, error, phase) : error
}

async function change(
  run: Run,
  job: Job,
  resources: readonly AnyResource[],
  first: FirstLook | undefined,
): Promise<number> {
  const machine = machineOf(run, job)
  const at = (): number => run.clock.now()
  const progress = (message: string): void =>
    run.emit({type: 'phase-progress', host: job.node.name, phase: job.step.path, message, at: at()})
  const tell = (changes: readonly PlannedChange[]): void => {
    for (const {resource, diff} of changes) {
      run.emit({type: 'changed', host: job.node.name, phase: job.step.path, resource, what: diff, at: at()})
    }
  }
  const found = await differences(run, machine, resources, first)
  tell(plannedOf(job, found))
  if (first !== undefined && found.host.length > 0) first.isStale = true
  const everything = resources.filter((r): r is AnyHostResource => !isOperation(r))
  const changes = await changeHost(
    {
      machine,
      everything,
      values: run.values,
      upload: (to, uploads) => run.upload(to, uploads, progress),
      onMore: more => tell(more.map(looked => hostChange(job, looked))),
      signal: run.signal,
    },
    found.host,
  )
  const context = operationContext(run, machine, progress)
  await Promise.all(found.operations.map(({resource}) => operationOf(resource).act(resource, context)))
  return changes + found.operations.length
}
