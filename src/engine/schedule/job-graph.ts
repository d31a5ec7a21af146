import type {Node} from '../../domain/cluster.ts'
import type {Step, Where} from '../../phases/phase.ts'
import {WORKFLOW_PATHS} from '../../phases/workflows/workflow-paths.ts'

/**
 * One step on one host. It starts when the previous step on that host, and all steps that it needs elsewhere,
 * are done.
 */
export interface Job {
  readonly node: Node
  readonly step: Step
}

/** The steps, their hosts and their dependencies; checked, and in an order in which every job can start. */
export interface JobGraph {
  /** In lane order, host after host. */
  readonly jobs: readonly Job[]
  /** Each job comes after everything that it waits for. */
  readonly order: readonly Job[]
  readonly lane: (node: Node) => readonly Job[]
  /** The previous job in its lane. */
  readonly before: (job: Job) => Job | undefined
  /** The jobs it needs, one shared list for each name in `needs`. */
  readonly needed: (job: Job) => readonly (readonly Job[])[]
}

export interface JobPlan {
  readonly steps: readonly Step[]
  readonly nodes: readonly Node[]
  /** Where phases for `first` run. */
  readonly first: Node | undefined
  /** Names that a phase may need although this run leaves them out; default: the names of all workflows. */
  readonly known?: ReadonlySet<string>
}

const runsOn = (where: Where, node: Node, first: Node | undefined): boolean => {
  switch (where) {
    case 'every':
      return true
    case 'control-plane':
      return node.role === 'control-plane'
    case 'initial-control-plane':
      return node === first
    case 'joining-control-plane':
      return node.role === 'control-plane' && node !== first
    case 'worker':
      return node.role === 'worker'
  }
}

const under = (name: string, path: string): boolean => path === name || path.startsWith(`${name}/`)

/**
 * Plans the jobs of a run; pure. Throws for errors that only a bug in a phase can cause: a need that names an
 * unknown phase, or jobs that wait for one another. Time and size grow with hosts times steps: jobs that need
 * the same phase share one list of it.
 */
export function planJobs({steps, nodes, first, known = WORKFLOW_PATHS}: JobPlan): JobGraph {
  const lanes = new Map(
    nodes.map(node => [
      node,
      steps.filter(({phase}) => runsOn(phase.where ?? 'every', node, first)).map((step): Job => ({node, step})),
    ]),
  )
  const jobs = [...lanes.values()].flat()
  const before = new Map([...lanes.values()].flatMap(lane => lane.map((job, i) => [job, lane[i - 1]] as const)))
  const byNeed = needLists(steps, jobs, known)
  const needed = new Map(steps.map(step => [step, (step.phase.needs ?? []).map(name => byNeed.get(name) ?? [])]))
  const graph = {
    jobs,
    lane: (node: Node) => lanes.get(node) ?? [],
    before: (job: Job) => before.get(job),
    needed: (job: Job) => needed.get(job.step) ?? [],
  }
  return {...graph, order: ordered(graph)}
}

function needLists(
  steps: readonly Step[],
  jobs: readonly Job[],
  known: ReadonlySet<string>,
): ReadonlyMap<string, readonly Job[]> {
  const lists = new Map<string, readonly Job[]>()
  for (const {path, phase} of steps) {
    for (const name of phase.needs ?? []) {
      if (lists.has(name)) continue
      if (!known.has(name) && !steps.some(step => under(name, step.path)))
        throw new Error(`phase ${path} needs the unknown phase '${name}'`)
      lists.set(
        name,
        jobs.filter(({step, node}) => under(name, step.path) && (step.phase.neededOn?.(node) ?? true)),
      )
    }
  }
  return lists
}

/** Kahn's algorithm over jobs and the lists they share: one edge for each host, not for each pair of hosts. */
function ordered({jobs, before, needed}: Omit<JobGraph, 'order' | 'lane'>): readonly Job[] {
  type Point = Job | readonly Job[]
  const waiting = new Map<Point, number>()
  const next = new Map<Point, Point[]>()
  const edge = (from: Point, to: Point): void => {
    waiting.set(to, (waiting.get(to) ?? 0) + 1)
    const followers = next.get(from)
    if (followers === undefined) next.set(from, [to])
    else followers.push(to)
  }
  const lists = new Set(jobs.flatMap(job => needed(job)))
  for (const list of lists) for (const job of list) edge(job, list)
  for (const job of jobs) {
    const previous = before(job)
    if (previous !== undefined) edge(previous, job)
    for (const list of needed(job)) edge(list, job)
  }
  const order: Point[] = [...lists, ...jobs].filter(point => (waiting.get(point) ?? 0) === 0)
  // Grows during the loop: each point is added after the last one that it waits for.
  for (const point of order) {
    for (const follower of next.get(point) ?? []) {
      const left = (waiting.get(follower) ?? 0) - 1
      waiting.set(follower, left)
      if (left === 0) order.push(follower)
    }
  }
  const stuck = jobs.filter(job => (waiting.get(job) ?? 0) > 0)
  if (stuck.length > 0) throw new Error(`phases depend on each other: ${describe(stuck)}`)
  return order.filter((point): point is Job => 'step' in point)
}

const describe = (stuck: readonly Job[]): string => {
  const paths = new Map(stuck.map(({step}) => [step.path, step.phase.needs ?? []]))
  return [...paths]
    .map(([path, needs]) => (needs.length === 0 ? path : `${path} (needs ${needs.join(', ')})`))
    .join(', ')
}
