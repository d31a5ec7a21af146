import {describe, expect, test} from 'vitest'
import type {EngineEvent} from '../../src/domain/events.ts'
import type {Facts} from '../../src/domain/facts.ts'
import {refuseHeld, warnOfHeld} from '../../src/engine/lease/refuse-held.ts'
import {sampleFacts, sampleSpec} from '../phases/preflight/sample.ts'
import {fakeHost} from './fake-host.ts'
import {holder} from './lease-scene.ts'

const candidate = (name: string, lease: Facts['lease']) => ({
  spec: sampleSpec({name}),
  host: fakeHost(name),
  gathered: {facts: {...sampleFacts(11), lease}, midpointSeconds: 0},
})
const ann = (ageSeconds: number) => ({holder: 'ann@laptop process 1', ageSeconds})

function opening(more: {readonly takeLease?: boolean; readonly gone?: readonly string[]} = {}) {
  const events: EngineEvent[] = []
  const clock = {now: () => 5, sleep: () => Promise.resolve()}
  const options = {holder: holder('bob@desk process 2', more.gone), takeLease: more.takeLease ?? false, clock}
  return {events, options: {...options, emit: (event: EngineEvent) => void events.push(event)}}
}

describe('machines that another run changes', () => {
  const busy = [
    candidate('master', ann(3)),
    candidate('worker-1', ann(7)),
    candidate('worker-2', {holder: 'cyd@home process 3', ageSeconds: 0}),
    candidate('worker-3', undefined),
  ]

  test('are reported once, with the holder and the start of that run, before anything is judged', () => {
    expect(() => refuseHeld(busy, opening().options)).toThrow(
      expect.objectContaining({
        code: 'lease',
        message:
          'another kadm run holds the lock on master, worker-1: ann@laptop process 1, last seen 3 s ago; on worker-2: cyd@home process 3, last seen 0 s ago',
        hint: expect.stringContaining('--take-lease') as string,
      }),
    )
  })

  test('are a warning for a run that only reads', () => {
    const {events, options} = opening()
    warnOfHeld(busy, options)

    expect(events).toMatchObject([
      {type: 'warning', host: 'master', message: expect.stringContaining('ann@laptop') as string},
    ])
  })

  test.each([
    ['that nobody holds', [candidate('a', undefined)], {}],
    ['whose holder is silent for 45 s', [candidate('a', ann(45))], {}],
    ['whose holder is certainly gone', [candidate('a', ann(1))], {gone: ['ann@laptop process 1']}],
    ['that the run holds itself', [candidate('a', {holder: 'bob@desk process 2', ageSeconds: 1})], {}],
    ['that the person wants to take', [candidate('a', ann(1))], {takeLease: true}],
  ])('but not those %s', (_, candidates, more) => {
    const {events, options} = opening(more)
    refuseHeld(candidates, options)
    if (!options.takeLease) warnOfHeld(candidates, options)

    expect(events).toStrictEqual([])
  })
})
