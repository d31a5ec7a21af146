import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {carryOut} from '../../src/engine/schedule/carry-out.ts'
import {judgeOutcomes} from '../../src/engine/schedule/run-of.ts'
import type {Phase} from '../../src/phases/phase.ts'
import {select} from '../../src/phases/select.ts'
import {kubeObject} from '../../src/resources/cluster/kube-object.ts'
import {ready} from '../../src/resources/cluster/ready.ts'
import {exitCodeOf} from '../../src/ui/exit-code.ts'
import {fakeClock} from '../kube/fake-api.ts'
import {containing} from '../kube/matchers.ts'
import {mortalHost, type Death, type MortalHost} from './mortal-host.ts'
import {DIRTY, object, PHASES, scene, told, type CheckContext} from './run-scene.ts'

const NODE = '/api/v1/nodes/worker'
const CSI_NODE = '/apis/storage.k8s.io/v1/csinodes/worker'
const WAIT: Phase = {
  name: 'wait',
  title: 'Wait',
  why: 'a test',
  where: 'worker',
  needs: ['join'],
  resources: () => [
    ready({what: 'node', name: 'worker', namespace: undefined, deadlineMs: 240_000, why: 'all hosts are there'}),
  ],
}
const STATUS = (status: string) => ({
  metadata: {name: 'worker'},
  status: {conditions: [{type: 'Ready', status, message: 'not yet'}]},
})

interface Played extends CheckContext {
  readonly clock: ReturnType<typeof fakeClock>
  readonly mortal: MortalHost
}

/** The sample run with a wait for the worker's node, which is Ready after 5 s; one machine dies once. */
function played(name: 'master' | 'worker', death: Death, bug?: Error): Played {
  const clock = fakeClock()
  const made = scene(DIRTY, {clock, steps: select([...PHASES, WAIT], [], [])})
  const began = clock.now()
  const get: typeof made.api.get = path => {
    if (bug !== undefined && path === NODE) return Promise.reject(bug)
    if (path === CSI_NODE) return Promise.resolve({metadata: {name: 'worker'}})
    return path === NODE ? Promise.resolve(STATUS(clock.now() - began > 5000 ? 'True' : 'False')) : made.api.get(path)
  }
  const mine = made.run.machines.find(({node}) => node.name === name)
  if (mine === undefined) throw new Error(name)
  const mortal = mortalHost(mine.host, clock, death)
  const api = {...made.api, get}
  const run = {
    ...made.run,
    machines: made.run.machines.map(machine => (machine === mine ? {...machine, host: mortal} : machine)),
    api: () => Promise.resolve(name === 'master' ? mortal.apiBy(api) : api),
  }
  return {...made, run, clock, mortal}
}

const NEVER: Death = {at: 0, isDone: false, awayMs: 0}
const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

/** How many calls each machine gets when nothing is lost. */
async function callsOf(name: 'master' | 'worker'): Promise<readonly number[]> {
  const {run, mortal} = played(name, NEVER)
  judgeOutcomes(await carryOut(run))
  return Array.from({length: mortal.calls()}, (_, i) => i + 1)
}

const POINTS = (
  await Promise.all(
    (['master', 'worker'] as const).map(async name =>
      (await callsOf(name)).flatMap(at => [true, false].map(isDone => [name, at, isDone] as const)),
    ),
  )
).flat()

describe('a machine that is lost', () => {
  test('is lost at many points of a run in this test', () => {
    expect(POINTS.length).toBeGreaterThan(20)
  })

  test.each(POINTS)(
    'permanently (%s, call %i, done over there: %s) is reported as that and nothing else',
    async (name, at, isDone) => {
      const {run, clock, mortal, events} = played(name, {at, isDone, awayMs: Infinity})

      const failure = await failureOf(carryOut(run).then(judgeOutcomes))

      expect(exitCodeOf(failure)).toBe(10)
      const errors: unknown[] = failure instanceof AggregateError ? failure.errors : [failure]
      for (const error of errors)
        expect(error).toMatchObject({
          code: 'host-lost',
          host: name,
          hint: containing('run the same command'),
        })
      expect(clock.now() - (mortal.lostAt() ?? 0)).toBeLessThan(100_000)
      expect(events.filter(({type}) => type === 'phase-failed').length).toBeGreaterThan(0)
    },
  )

  test.each(POINTS)(
    'for 30 s (%s, call %i, done over there: %s) is worked on again, and all is done',
    async (name, at, isDone) => {
      const {run, api, events} = played(name, {at, isDone, awayMs: 30_000})

      const changes = judgeOutcomes(await carryOut(run))

      const all = told(events, 'master').concat(told(events, 'worker')).join('\n')
      // What was done although its answer was lost is seen as done by the next look, so its operation has no change to count.
      expect([4, 5]).toContain(changes)
      expect(all).not.toContain('failed')
      expect(api.objects.size).toBe(1)
    },
  )

  test('is reported at once in a wait', async () => {
    const calls = await callsOf('master')
    const {run, events, mortal} = played('master', {at: calls.length, isDone: false, awayMs: 30_000})

    await carryOut(run)

    const heard = events.find(e => e.type === 'phase-progress' && e.message.includes('trying to reconnect'))
    expect(heard?.at).toBe(mortal.lostAt())
    expect(heard).toMatchObject({
      host: 'worker',
      phase: 'wait',
      message: 'waiting for node worker: master: the connection to 10.0.0.2 was lost; trying to reconnect',
    })
  })

  test('in the middle of an act is looked at again under the lock before anything is done again', async () => {
    const {run, asked} = played('worker', {at: 2, isDone: true, awayMs: 1000})

    await carryOut(run)

    expect(asked()['worker']?.slice(0, 3)).toStrictEqual([
      'look paper glass token',
      'act glass: look paper glass',
      'fenced look paper glass',
    ])
  })
})

test('a bug in a look is a bug, not a wait that took too long', async () => {
  const {run, clock} = played('master', NEVER, new TypeError('x is undefined'))
  const began = clock.now()

  const failure = await failureOf(carryOut(run).then(judgeOutcomes))

  expect(exitCodeOf(failure)).toBe(70)
  expect(clock.now()).toBe(began)
})

test('what is cancelled before a phase says so in words', async () => {
  const {run, events} = scene(DIRTY, {signal: AbortSignal.abort()})

  const failure = await failureOf(carryOut(run).then(judgeOutcomes))

  expect(exitCodeOf(failure)).toBe(130)
  expect(told(events, 'master')).toStrictEqual(['tidy failed: interrupted before this phase'])
  expect(events.find(({type}) => type === 'phase-failed')).toMatchObject({
    hint: 'run the same command again; completed steps are skipped',
  })
})

test('operations side by side all end before the failure of one ends the phase, and all failures are reported', async () => {
  const {run, api} = scene({})
  const ended: string[] = []
  const late = (name: string) => async () => {
    await new Promise(resolve => setTimeout(resolve, 20))
    ended.push(name)
    throw new KadmError('remote', `${name} failed`)
  }
  const objects = ['a', 'b'].map(name => ({...object, metadata: {name, namespace: 'default'}}))
  const phase: Phase = {
    ...WAIT,
    where: 'initial-control-plane',
    needs: [],
    resources: () => objects.map(one => kubeObject(one, 'a test')),
  }
  const failing = {
    ...api,
    apply: (one: {metadata: {name: string}}) =>
      one.metadata.name === 'a' ? Promise.reject(new KadmError('remote', 'a failed')) : late('b')(),
  }

  const failure = await failureOf(
    carryOut({...run, steps: select([phase], [], []), api: () => Promise.resolve(failing)}).then(judgeOutcomes),
  )

  expect(ended).toEqual(['b'])
  expect(failure).toMatchObject({message: containing('a failed')})
  expect(failure).toMatchObject({message: containing('b failed')})
})
