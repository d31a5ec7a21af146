import type {Node} from '../domain/cluster.ts'
import type {Step, Where} from '../phases/phase.ts'

/** One step on one host. It starts when the step before it on that host and all that it needs elsewhere are done. */
export interface Job {
  readonly node: Node
  readonly step: Step
}

export type Outcome<T> =
  | {readonly job: Job; readonly status: 'done'; readonly result: T}
  | {readonly job: Job; readonly status: 'failed'; readonly error: unknown}
  | {readonly job: Job; readonly status: 'not-reached'; readonly because: Job}

const runsOn = (where: Where, node: Node, first: Node | undefined): boolean => {
  switch (where) {
    case 'every':
      return true
    case 'control-plane':
      return node.role === 'control-plane'
    case 'first':
      return node === first
    case 'worker':
      return node.role === 'worker'
  }
}

/** Which step runs on which host, in lane order; pure. */
export function jobsFor(steps: readonly Step[], nodes: readonly Node[], first: Node | undefined): readonly Job[] {
  return nodes.flatMap(node =>
    steps.filter(({phase}) => runsOn(phase.where ?? 'every', node, first)).map(step => ({node, step})),
  )
}

const under = (name: string, path: string): boolean => path === name || path.startsWith(`${name}/`)

/** What must be done before a job: the one before it in its lane, and every job of the steps it needs. */
export function waitsFor(job: Job, jobs: readonly Job[]): readonly Job[] {
  const lane = jobs.filter(other => other.node === job.node)
  const before = lane[lane.indexOf(job) - 1]
  const needed = jobs.filter(
    other =>
      other !== job &&
      (job.step.phase.needs ?? []).some(name => under(name, other.step.path)) &&
      (other.step.phase.neededOn?.(other.node) ?? true),
  )
  return before === undefined ? needed : [before, ...needed.filter(other => other !== before)]
}

/**
 * Runs all jobs as soon as what they wait for is done. A failure stops only what waits for it: the other lanes finish, and every
 * failure is in the result.
 */
export async function runJobs<T>(jobs: readonly Job[], work: (job: Job) => Promise<T>): Promise<readonly Outcome<T>[]> {
  const running = new Map<Job, Promise<Outcome<T>>>()
  const start = (job: Job): Promise<Outcome<T>> => {
    const known = running.get(job)
    if (known !== undefined) return known
    const promise = (async (): Promise<Outcome<T>> => {
      const before = await Promise.all(waitsFor(job, jobs).map(start))
      const blocked = before.find(outcome => outcome.status !== 'done')
      if (blocked !== undefined)
        return {job, status: 'not-reached', because: blocked.status === 'not-reached' ? blocked.because : blocked.job}
      try {
        return {job, status: 'done', result: await work(job)}
      } catch (error) {
        return {job, status: 'failed', error}
      }
    })()
    running.set(job, promise)
    return promise
  }
  return Promise.all(jobs.map(start))
}
