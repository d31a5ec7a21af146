import {KadmError} from '../../domain/errors.ts'
import {reportFailure, reportPhase} from '../../domain/span.ts'
import {changeDifferences, type FirstLooks} from './change-differences.ts'
import {differences, firstLook, plannedOf, type FirstLook, type PlannedChange} from './differences.ts'
import type {Job} from './job-graph.ts'
import {runJobs, type Outcome} from './jobs.ts'
import type {Machine} from '../hosts/machine.ts'
import {contextOf, scheduleOf, type Run, type Schedule} from './run.ts'
import {stoppedBy} from './stopped.ts'

/** What a run would change, without changing anything: looks once at every host, in parallel. */
export async function planChanges(run: Run): Promise<readonly PlannedChange[]> {
  const schedule = scheduleOf(run)
  const looks = await allFirstLooks(run, schedule)
  const found = await Promise.all(
    schedule.graph.jobs.map(async job => {
      const machine = schedule.machineOf(job)
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

const allFirstLooks = async (run: Run, {graph}: Schedule): Promise<ReadonlyMap<Machine, FirstLook>> =>
  new Map(
    await Promise.all(
      run.machines.map(async machine => [machine, await firstLook(run, machine, graph.lane(machine.node))] as const),
    ),
  )

/**
 * Looks, changes what differs, and looks again; in the order of the phases on each host, and in parallel over
 * hosts.
 */
export async function carryOut(run: Run): Promise<readonly Outcome<number>[]> {
  const {graph, machineOf} = scheduleOf(run)
  const looks = new Map(
    run.machines.map(machine => [machine, firstLook(run, machine, graph.lane(machine.node))] as const),
  )
  // The lanes await it; a failed look fails the first phase of its own lane.
  for (const pending of looks.values()) pending.catch(() => undefined)
  try {
    return await runJobs(graph, job => {
      const machine = machineOf(job)
      return carryOutJob(under(run, machine), job, machine, looks)
    })
  } finally {
    await run.clusterLease?.release()
  }
}

/** A lane ends when the lease of its own machine is lost; all lanes end when another run took the lease. */
const under = (run: Run, {lease}: Machine): Run =>
  lease === undefined ? run : {...run, signal: AbortSignal.any([run.signal, lease.lost])}

async function carryOutJob(run: Run, job: Job, machine: Machine, looks: FirstLooks): Promise<number> {
  const {path, phase} = job.step
  const about = {host: job.node.name, phase: path, title: phase.title}
  const started = run.clock.now()
  if (run.signal.aborted) throw reportFailure(run, about, started, stoppedBy(run.signal, interrupted(job.node.name)))
  const context = contextOf(run, machine)
  const when = phase.when?.(context) ?? true
  if (when !== true) {
    run.emit({type: 'phase-skipped', ...about, reason: when, at: started})
    return 0
  }
  return reportPhase(
    run,
    about,
    async () => {
      try {
        return await changeDifferences({run, job, machine}, phase.resources?.(context) ?? [], looks)
      } catch (thrown) {
        const byHand = phase.byHand?.(context)
        if (byHand === undefined || !isOfTheStep(thrown))
          throw await explained(run, machine, stoppedBy(run.signal, thrown), path)
        const hint = `the run continues; to do this step yourself: ${byHand}`
        const message = `${phase.title}: ${thrown.message}; ${hint}`
        run.emit({type: 'warning', host: job.node.name, message, at: run.clock.now()})
        return 0
      }
    },
    changes => changes,
  )
}

const interrupted = (host: string): KadmError =>
  new KadmError('cancelled', 'interrupted before this phase', {
    host,
    hint: 'run the same command again; completed steps are skipped',
  })

/** Excludes a lost host, a lost lease and bugs: those always end a run. */
const isOfTheStep = (error: unknown): error is KadmError =>
  error instanceof KadmError && ['remote', 'timeout', 'config', 'preflight'].includes(error.code)

/** A timeout or a refusal has a cause on the host; other errors name their own cause. */
async function explained(run: Run, machine: Machine, error: unknown, phase: string): Promise<Error> {
  const {host} = machine
  if (error instanceof AggregateError) {
    const all = await Promise.all(error.errors.map(one => explained(run, machine, one, phase)))
    return new AggregateError(all, error.message)
  }
  if (!(error instanceof KadmError) || run.explain === undefined || run.signal.aborted)
    return error instanceof Error ? error : new Error(String(error))
  return error.code === 'timeout' || error.code === 'remote' ? run.explain(host, error, phase) : error
}
