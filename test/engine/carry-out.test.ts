import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import type {EngineEvent} from '../../src/domain/events.ts'
import {carryOut, planChanges} from '../../src/engine/schedule/carry-out.ts'
import type {Lease} from '../../src/engine/lease/lease.ts'
import {judgeOutcomes} from '../../src/engine/schedule/run-of.ts'
import type {Run} from '../../src/engine/schedule/run.ts'
import {select} from '../../src/phases/select.ts'
import type {FakeKube} from '../resources/cluster/fake-kube.ts'
import {heldLease} from './sample-run.ts'
import {DIRTY, object, PHASES, scene, told} from './run-scene.ts'

describe('a plan', () => {
  test('says what differs, on which host, why, and changes nothing', async () => {
    const {run, asked, api, events} = scene(DIRTY)

    const changes = await planChanges(run)

    expect(changes.map(c => `${c.host} ${c.phase} ${c.resource}: ${c.diff}; ${c.why}`)).toStrictEqual([
      'master tidy cleanup:paper: paper still present; paper is litter',
      'master store cleanup:late: late still present; late is litter',
      'master store ConfigMap:default/demo: is missing; the cluster remembers it',
      'worker tidy cleanup:glass: glass still present; glass is litter',
      'worker join cleanup:token: token still present; token is litter',
    ])
    expect(asked()).toStrictEqual({master: ['look paper glass late'], worker: ['look paper glass token']})
    expect(api.asked.filter(call => !call.startsWith('get '))).toStrictEqual([])
    expect(events).toStrictEqual([])
  })

  test('of a state that is already reached is empty', async () => {
    const {run, api} = scene({})
    await api.apply(object)

    expect(await planChanges(run)).toStrictEqual([])
  })
})

describe('a run', () => {
  test('passes on what an act says while it works, and keeps the rest of its output to itself', async () => {
    const {run, events} = scene(
      {master: ['paper']},
      {says: ['\u001dact cleanup:paper', 'noise', '\u001dtell waits for somebody']},
    )

    await carryOut(run)

    expect(events.filter(({type}) => type === 'phase-progress')).toMatchObject([
      {host: 'master', phase: 'tidy', message: 'waits for somebody'},
    ])
  })

  test('looks at each host once, acts where something differs, and looks again only where it acted', async () => {
    const {run, asked, api} = scene(DIRTY)

    expect(judgeOutcomes(await carryOut(run))).toBe(5)

    expect(asked()).toStrictEqual({
      master: ['look paper glass late', 'act paper: look paper glass', 'look late', 'act late: look late'],
      worker: ['look paper glass token', 'act glass: look paper glass', 'look token', 'act token: look token'],
    })
    expect(api.asked.filter(call => call.startsWith('apply'))).toHaveLength(1)
  })

  test('a second time changes nothing and looks at each host exactly once', async () => {
    const {run, asked, api} = scene(DIRTY)
    await carryOut(run)
    asked()
    const before = api.asked.length

    expect(judgeOutcomes(await carryOut(run))).toBe(0)

    expect(asked()).toStrictEqual({master: ['look paper glass late'], worker: ['look paper glass token']})
    expect(api.asked.slice(before)).toStrictEqual(['get /api/v1/namespaces/default/configmaps/demo'])
  })

  test('counts no change for what it could not see at first and then found as wanted', async () => {
    const {run, api, events} = scene({})
    await carryOut(run)
    const told = events.length
    let asked = 0
    const isAway: FakeKube = {
      ...api,
      get: path => (asked++ === 0 ? Promise.reject(new KadmError('connect', 'no answer')) : api.get(path)),
    }

    expect(judgeOutcomes(await carryOut({...run, api: () => Promise.resolve(isAway)}))).toBe(0)
    expect(asked).toBeGreaterThan(1)
    expect(events.slice(told).filter(({type}) => type === 'changed')).toStrictEqual([])
  })

  test('tells what it does in the order in which it does it', async () => {
    const {run, events} = scene(DIRTY)
    await carryOut(run)

    expect(told(events, 'master')).toStrictEqual([
      'tidy: Do tidy',
      'tidy: cleanup:paper: paper still present',
      'tidy done, 1 changes',
      'skipped skipped: not today',
      'store: Do store',
      'store: cleanup:late: late still present',
      'store: ConfigMap:default/demo: is missing',
      'store done, 2 changes',
    ])
    const at = (type: EngineEvent['type'], phaseName: string, host: string): number =>
      events.findIndex(e => e.type === type && 'phase' in e && e.phase === phaseName && e.host === host)
    expect(at('phase-started', 'join', 'worker')).toBeGreaterThan(at('phase-done', 'store', 'master'))
  })

  test('says how long each phase took, by the clock it was given', async () => {
    const {run, events} = scene({master: ['paper']})
    const alone = {...run, machines: run.machines.slice(0, 1), steps: select(PHASES, ['tidy'], [])}

    await carryOut(alone)

    expect(events.map(e => [e.type, e.at, 'durationMs' in e ? e.durationMs : undefined])).toStrictEqual([
      ['phase-started', 1000, undefined],
      ['changed', 1100, undefined],
      ['phase-done', 1200, 200],
    ])
  })

  test('that fails on one host reports it with its hint, continues elsewhere, and never starts what waits for it', async () => {
    const {run, events, asked} = scene(DIRTY, {stuck: {paper: 'it is glued'}})

    const outcomes = await carryOut(run)

    expect(outcomes.map(({job, status}) => `${job.node.name} ${job.step.path}: ${status}`)).toStrictEqual([
      'master tidy: failed',
      'master skipped: not-reached',
      'master store: not-reached',
      'worker tidy: done',
      'worker skipped: done',
      'worker join: not-reached',
    ])
    expect(told(events, 'master').at(-1)).toBe('tidy failed: could not apply cleanup:paper: it is glued')
    expect(events.find(({type}) => type === 'phase-failed')).toMatchObject({
      hint: expect.stringContaining('run the same command again') as string,
    })
    expect(() => judgeOutcomes(outcomes)).toThrow(
      expect.objectContaining({code: 'remote', host: 'master', evidence: 'it is glued'}),
    )
    expect(asked()['worker']).toHaveLength(2)
  })

  test('that fails on all hosts tells every failure', async () => {
    const {run} = scene({master: ['paper'], worker: ['paper']}, {stuck: {paper: 'it is glued'}})
    const outcomes = await carryOut(run)

    expect(() => judgeOutcomes(outcomes)).toThrow(
      expect.objectContaining({
        errors: [expect.objectContaining({host: 'master'}), expect.objectContaining({host: 'worker'})],
      }),
    )
  })

  test('whose lease was taken over changes nothing more', async () => {
    const {run} = scene(DIRTY, {fence: 2})
    const outcomes = await carryOut({...run, machines: run.machines.slice(0, 1)})

    expect(() => judgeOutcomes(outcomes)).toThrow(expect.objectContaining({code: 'lease', host: 'master'}))
  })

  test('that was cancelled begins nothing, and says that it was', async () => {
    const {run, events, api} = scene(DIRTY, {signal: AbortSignal.abort()})

    const outcomes = await carryOut(run)

    expect(outcomes.map(({status}) => status)).not.toContain('done')
    expect(outcomes[0]).toMatchObject({status: 'failed', error: {code: 'cancelled', host: 'master'}})
    expect(events.filter(({type}) => type === 'phase-started')).toStrictEqual([])
    expect(api.asked).toStrictEqual([])
  })

  test('that is cancelled half way ends at the phase it is in', async () => {
    const cancel = new AbortController()
    const {run, events, asked} = scene(DIRTY, {signal: cancel.signal})
    const emit = (event: EngineEvent): void => {
      run.emit(event)
      if (event.type === 'phase-done') cancel.abort()
    }

    const outcomes = await carryOut({...run, emit, machines: run.machines.slice(0, 1)})

    expect(outcomes.map(({status}) => status)).toStrictEqual(['done', 'failed', 'not-reached'])
    expect(() => judgeOutcomes(outcomes)).toThrow(expect.objectContaining({code: 'cancelled'}))
    expect(told(events, 'master')).toContain('tidy done, 1 changes')
    expect(asked()['master']).toStrictEqual(['look paper glass late', 'act paper: look paper glass'])
  })

  test('whose host cannot be looked at fails in its first phase, and the other host continues', async () => {
    const {run} = scene({})
    const [master, worker] = run.machines
    if (master === undefined || worker === undefined) throw new Error('there are two')
    const broken = {...worker, host: {...worker.host, run: () => Promise.reject(new Error('the line is dead'))}}

    const outcomes = await carryOut({...run, machines: [master, broken]})

    expect(outcomes.filter(({status}) => status === 'failed')).toMatchObject([
      {job: {node: {name: 'worker'}, step: {path: 'tidy'}}, error: {message: 'the line is dead'}},
    ])
    expect(outcomes.filter(({status}) => status === 'done')).toHaveLength(3)
  })
})

describe('what a run does through the API', () => {
  const loss = new KadmError('lease', 'another kadm run took over the lock', {host: 'master'})
  const withLease = (run: Run, lease: Partial<Lease>): Run => ({
    ...run,
    machines: run.machines.map(machine => ({...machine, lease: {...heldLease(1), ...lease}})),
  })

  test('is not done by a run that lost the lease of the machine', async () => {
    const {run, api} = scene({})
    const outcomes = await carryOut(withLease(run, {confirm: () => Promise.reject(loss)}))

    expect(outcomes.find(({job}) => job.step.path === 'store')).toMatchObject({status: 'failed', error: loss})
    expect(api.asked.filter(call => !call.startsWith('get '))).toStrictEqual([])
  })

  test('asks whose lease it is also right before each write', async () => {
    const {run, api} = scene({})
    let asked = 0
    const confirm = (): Promise<void> => (++asked > 1 ? Promise.reject(loss) : Promise.resolve())
    const outcomes = await carryOut(withLease(run, {confirm}))

    expect(outcomes.find(({job}) => job.step.path === 'store')).toMatchObject({status: 'failed', error: loss})
    expect(api.asked.filter(call => !call.startsWith('get '))).toStrictEqual([])
  })

  test('waits for its turn where it is for the whole cluster, and gives the turn back at the end', async () => {
    const {run, api} = scene({})
    const order: string[] = []
    const clusterLease = {
      take: () =>
        Promise.resolve(order.push(`take after ${api.asked.filter(call => call.startsWith('apply')).length}`)).then(
          () => undefined,
        ),
      confirm: () => Promise.resolve(),
      release: () =>
        Promise.resolve(order.push(`release after ${api.asked.filter(call => call.startsWith('apply')).length}`)).then(
          () => undefined,
        ),
    }
    await carryOut({...run, clusterLease})

    expect(order).toStrictEqual(['take after 0', 'release after 1'])
  })

  test('is cut short when the lease is lost, and does not look like a Ctrl-C', async () => {
    const {run, events} = scene(DIRTY)
    const outcomes = await carryOut(withLease(run, {lost: AbortSignal.abort(loss)}))

    expect(outcomes.filter(({status}) => status === 'failed').map(one => 'error' in one && one.error)).toStrictEqual([
      loss,
      loss,
    ])
    expect(events.filter(({type}) => type === 'changed')).toStrictEqual([])
  })
})
