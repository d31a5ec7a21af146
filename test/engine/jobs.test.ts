import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {planJobs, type Job, type JobGraph} from '../../src/engine/schedule/job-graph.ts'
import {runJobs} from '../../src/engine/schedule/jobs.ts'
import type {Node} from '../../src/domain/cluster.ts'
import type {Step} from '../../src/phases/phase.ts'
import {sampleNode} from './sample-run.ts'
import {step} from './sample-steps.ts'

const master = sampleNode('master', 'control-plane')
const second = sampleNode('second', 'control-plane')
const worker = sampleNode('worker')
const nameOf = ({node, step: {path}}: Job): string => `${node.name} ${path}`

const graphOf = (steps: readonly Step[], nodes: readonly Node[], first: Node | undefined = master): JobGraph =>
  planJobs({steps, nodes, first, known: new Set(['left-out', 'certs'])})

const waitsFor = ({before, needed}: JobGraph, job: Job): readonly Job[] =>
  [before(job), ...needed(job).flat()].filter(one => one !== undefined)

/** Runs jobs that end only when told; says which are running. */
function byHand(jobs: JobGraph) {
  const running = new Map<string, {readonly done: () => void; readonly fail: (error: Error) => void}>()
  const outcomes = runJobs(
    jobs,
    job =>
      new Promise<string>((done, fail) => {
        running.set(nameOf(job), {done: () => done(nameOf(job)), fail})
      }),
  )
  const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  return {
    outcomes,
    running: async () => {
      await settle()
      return [...running.keys()].sort()
    },
    end: (name: string, error?: Error) => {
      const job = running.get(name)
      if (job === undefined) throw new Error(`${name} does not run`)
      running.delete(name)
      if (error === undefined) job.done()
      else job.fail(error)
    },
  }
}

test.each([
  ['every', ['master', 'second', 'worker']],
  ['control-plane', ['master', 'second']],
  ['initial-control-plane', ['master']],
  ['joining-control-plane', ['second']],
  ['worker', ['worker']],
] as const)('a phase for %s runs on %j', (where, hosts) => {
  const {jobs} = graphOf([step('a', {where})], [worker, master, second], master)

  expect(jobs.map(({node}) => node.name).sort()).toStrictEqual([...hosts])
})

test('without a first control plane no phase for it runs', () => {
  expect(
    planJobs({steps: [step('a', {where: 'initial-control-plane'})], nodes: [worker, second], first: undefined}).jobs,
  ).toStrictEqual([])
})

describe('lanes', () => {
  test('go in order on a host, and side by side over hosts', async () => {
    const lanes = byHand(graphOf([step('a'), step('b')], [master, worker], master))

    expect(await lanes.running()).toStrictEqual(['master a', 'worker a'])
    lanes.end('worker a')
    expect(await lanes.running()).toStrictEqual(['master a', 'worker b'])
    lanes.end('master a')
    expect(await lanes.running()).toStrictEqual(['master b', 'worker b'])
    lanes.end('master b')
    lanes.end('worker b')

    expect((await lanes.outcomes).map(outcome => outcome.status)).toStrictEqual(['done', 'done', 'done', 'done'])
  })

  test('wait for every host where a phase needs what another does, a whole subtree by its name', async () => {
    const steps = [step('certs/ca', {where: 'control-plane'}), step('join', {where: 'worker', needs: ['certs']})]
    const lanes = byHand(graphOf(steps, [master, second, worker], master))

    expect(await lanes.running()).toStrictEqual(['master certs/ca', 'second certs/ca'])
    lanes.end('master certs/ca')
    expect(await lanes.running()).toStrictEqual(['second certs/ca'])
    lanes.end('second certs/ca')
    expect(await lanes.running()).toStrictEqual(['worker join'])
    lanes.end('worker join')
    await lanes.outcomes
  })

  test('do not wait for what only begins with the same letters, nor for what this run leaves out', async () => {
    const steps = [step('certs-more'), step('join', {where: 'worker', needs: ['certs', 'left-out']})]
    const graph = graphOf(steps, [master, worker], master)

    expect(
      graph.jobs.filter(({step: {path}}) => path === 'join').map(job => waitsFor(graph, job).map(nameOf)),
    ).toStrictEqual([['worker certs-more']])
    expect((await runJobs(graph, () => Promise.resolve(1))).every(({status}) => status === 'done')).toBe(true)
  })
})

describe('a failure', () => {
  test('stops only what waits for it; the other lanes finish', async () => {
    const steps = [
      step('a'),
      step('b', {where: 'initial-control-plane'}),
      step('c'),
      step('d', {where: 'worker', needs: ['b']}),
    ]
    const lanes = byHand(graphOf(steps, [master, worker], master))
    await lanes.running()
    lanes.end('master a', new Error('no'))
    lanes.end('worker a')
    expect(await lanes.running()).toStrictEqual(['worker c'])
    lanes.end('worker c')

    const outcomes = await lanes.outcomes

    expect(
      outcomes.map(
        o => `${nameOf(o.job)}: ${o.status}${o.status === 'not-reached' ? ` for ${nameOf(o.because)}` : ''}`,
      ),
    ).toStrictEqual([
      'master a: failed',
      'master b: not-reached for master a',
      'master c: not-reached for master a',
      'worker a: done',
      'worker c: done',
      'worker d: not-reached for master a',
    ])
  })

  test('is reported for every host it happens on', async () => {
    const jobs = graphOf([step('a')], [master, worker], master)

    const outcomes = await runJobs(jobs, ({node}) => Promise.reject(new Error(node.name)))

    expect(outcomes).toMatchObject([
      {status: 'failed', error: {message: 'master'}},
      {status: 'failed', error: {message: 'worker'}},
    ])
  })

  test('that is thrown at once, before anything is awaited, is a failure like any other', async () => {
    const jobs = graphOf([step('a')], [master], master)

    const outcomes = await runJobs(jobs, () => {
      throw new Error('at once')
    })

    expect(outcomes).toMatchObject([{status: 'failed', error: {message: 'at once'}}])
  })
})

/** Steps that need some of those before them, as a tree of phases in order always does. */
const anySteps: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.record({
      where: fc.constantFrom('every', 'control-plane', 'initial-control-plane', 'joining-control-plane', 'worker'),
      back: fc.uniqueArray(fc.integer({min: 1, max: 8}), {maxLength: 3}),
    }),
    {minLength: 1, maxLength: 9},
  )
  .map(all =>
    all.map(({where, back}, i) => step(`p${i}`, {where, needs: back.filter(n => n <= i).map(n => `p${i - n}`)})),
  )

test('each job starts once and only when all it waits for is done, whatever fails; nothing is left hanging', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, fc.array(fc.integer({min: 0, max: 9}), {minLength: 1}), async (steps, dice) => {
      const graph = graphOf(steps, [master, second, worker, sampleNode('w2')], master)
      const {jobs} = graph
      const done = new Set<Job>()
      const started = new Set<Job>()
      let rolled = 0
      const roll = (): number => dice[rolled++ % dice.length] ?? 0

      const outcomes = await runJobs(graph, async job => {
        expect(started.has(job)).toBe(false)
        started.add(job)
        expect(waitsFor(graph, job).filter(before => !done.has(before))).toStrictEqual([])
        for (let turns = roll() % 4; turns > 0; turns--) await Promise.resolve()
        if (roll() === 0) throw new Error('bad luck')
        done.add(job)
      })

      expect(outcomes.map(({job}) => job)).toStrictEqual(jobs)
      for (const {job, status} of outcomes) {
        const isFree = waitsFor(graph, job).every(before => done.has(before))
        expect(started.has(job)).toBe(isFree)
        expect(status).toBe(done.has(job) ? 'done' : isFree ? 'failed' : 'not-reached')
      }
    }),
    {numRuns: 200},
  )
})

test('a phase is waited for only on the hosts where other phases need it', () => {
  const open = step('open', {neededOn: node => node === master})
  const graph = graphOf([open, step('fetch', {needs: ['open']})], [worker, master, second], master)
  const fetch = graph.jobs.find(job => nameOf(job) === 'worker fetch')

  expect(fetch && waitsFor(graph, fetch).map(nameOf)).toStrictEqual(['worker open', 'master open'])
})

describe('a phase with a concurrency', () => {
  test('runs on no more hosts at once, in the order of the hosts, and keeps nothing else waiting', async () => {
    const hosts = [master, second, worker]
    const lanes = byHand(graphOf([step('a', {concurrency: 1}), step('b')], hosts, master))

    expect(await lanes.running()).toStrictEqual(['master a'])
    lanes.end('master a')
    expect(await lanes.running()).toStrictEqual(['master b', 'second a'])
    lanes.end('second a', new Error('no'))
    expect(await lanes.running()).toStrictEqual(['master b', 'worker a'])
    lanes.end('worker a')
    expect(await lanes.running()).toStrictEqual(['master b', 'worker b'])
    lanes.end('master b')
    lanes.end('worker b')

    expect((await lanes.outcomes).map(({status}) => status)).toStrictEqual([
      'done',
      'done',
      'failed',
      'not-reached',
      'done',
      'done',
    ])
  })
})
