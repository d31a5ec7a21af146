import pLimit, {type LimitFunction} from 'p-limit'
import type {Job, JobGraph} from './job-graph.ts'

export type Outcome<T> =
  | {readonly job: Job; readonly status: 'done'; readonly result: T}
  | {readonly job: Job; readonly status: 'failed'; readonly error: unknown}
  | {readonly job: Job; readonly status: 'not-reached'; readonly because: Job}

/**
 * Runs each job as soon as its dependencies are done; a phase with a `concurrency` runs on at most that many
 * hosts at a time. A failure stops only the jobs that depend on it: the other lanes finish, and the result
 * contains every failure, in the order of `graph.jobs`.
 */
export async function runJobs<T>(graph: JobGraph, work: (job: Job) => Promise<T>): Promise<readonly Outcome<T>[]> {
  const running = new Map<Job, Promise<Outcome<T>>>()
  const lists = new Map<readonly Job[], Promise<Job | undefined>>()
  const slots = new Map<string, LimitFunction>()
  const outcomeOf = (job: Job): Promise<Outcome<T>> => {
    const promise = running.get(job)
    if (promise === undefined) throw new Error(`${job.step.path} is planned after what waits for it`)
    return promise
  }
  /** The job that keeps those from starting that need all of the list. */
  const blockerOf = (list: readonly Job[]): Promise<Job | undefined> => {
    const known = lists.get(list) ?? Promise.all(list.map(outcomeOf)).then(all => firstOf(all.map(blocker)))
    lists.set(list, known)
    return known
  }
  for (const job of graph.order) {
    const previous = graph.before(job)
    const waits = [
      ...(previous === undefined ? [] : [outcomeOf(previous).then(blocker)]),
      ...graph.needed(job).map(blockerOf),
    ]
    running.set(job, start(job, waits))
  }
  return Promise.all(graph.jobs.map(outcomeOf))

  async function start(job: Job, waits: readonly Promise<Job | undefined>[]): Promise<Outcome<T>> {
    const because = firstOf(await Promise.all(waits))
    if (because !== undefined) return {job, status: 'not-reached', because}
    try {
      return {job, status: 'done', result: await inSlot(job, () => work(job))}
    } catch (error) {
      return {job, status: 'failed', error}
    }
  }

  function inSlot(job: Job, run: () => Promise<T>): Promise<T> {
    const {path, phase} = job.step
    if (phase.concurrency === undefined) return run()
    const slot = slots.get(path) ?? pLimit(phase.concurrency)
    slots.set(path, slot)
    return slot(run)
  }
}

const firstOf = (jobs: readonly (Job | undefined)[]): Job | undefined => jobs.find(job => job !== undefined)

const blocker = (outcome: Outcome<unknown>): Job | undefined => {
  if (outcome.status === 'done') return undefined
  return outcome.status === 'failed' ? outcome.job : outcome.because
}
