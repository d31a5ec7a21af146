import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {estimate, tracker, type LabEvent} from '../../src/lab/run/progress.ts'

const STEPS = [
  {name: 'small', seconds: 10},
  {name: 'large', seconds: 80},
  {name: 'last', seconds: 10},
]

describe('estimate', () => {
  it('begins with what the steps are known to take', () => {
    expect(estimate(STEPS, new Map())).toEqual({fraction: 0, remainingSeconds: 100})
  })

  it('follows the pace of this machine, and trusts it more the more is done', () => {
    expect(estimate(STEPS, new Map([['small', 20]]))).toEqual({fraction: 0.1, remainingSeconds: 99})
    expect(
      estimate(
        STEPS,
        new Map([
          ['small', 20],
          ['large', 160],
        ]),
      ),
    ).toEqual({fraction: 0.9, remainingSeconds: 19})
  })

  it('passes nearly to the end of a step that takes longer than it should, and no further', () => {
    const {fraction, remainingSeconds} = estimate(STEPS, new Map([['small', 10]]), new Map([['large', 500]]))

    expect(fraction).toBeCloseTo(0.1 + 0.95 * 0.8)
    expect(remainingSeconds).toBe(14)
  })

  it('is at its end when there is nothing to do', () => {
    expect(estimate([], new Map())).toEqual({fraction: 1, remainingSeconds: 0})
  })

  it('never runs backwards and ends at 0', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({min: 1, max: 500}), {minLength: 1, maxLength: 12}),
        fc.infiniteStream(fc.integer({min: 0, max: 900})),
        (seconds, real) => {
          const steps = seconds.map((s, i) => ({name: String(i), seconds: s}))
          const done = new Map<string, number>()
          let before = -1
          for (const step of steps) {
            const {fraction} = estimate(steps, done)
            expect(fraction).toBeGreaterThan(before)
            before = fraction
            done.set(step.name, real.next().value as number)
          }
          expect(estimate(steps, done)).toEqual({fraction: 1, remainingSeconds: 0})
        },
      ),
    )
  })
})

describe('tracker', () => {
  it('tells the start, the estimate and the end of a step, and gives what it made', async () => {
    const events: LabEvent[] = []
    let clock = 1000
    const {step} = tracker(
      [{name: 'a', seconds: 5}],
      event => events.push(event),
      () => clock,
    )

    const made = await step({name: 'a', seconds: 5}, 'build a', () => {
      clock += 500
      return Promise.resolve('made')
    })

    expect(made).toBe('made')
    expect(events).toEqual([
      {type: 'step-started', step: 'a', title: 'build a', at: 1000},
      {type: 'progress', fraction: 0, remainingSeconds: 5, doing: 'build a', at: 1000},
      {type: 'step-done', step: 'a', title: 'build a', durationMs: 500, at: 1500},
    ])
  })

  it('counts a step that still runs by the time it has had, and never as done', async () => {
    const events: LabEvent[] = []
    let clock = 0
    const {step} = tracker(
      [
        {name: 'long', seconds: 60},
        {name: 'short', seconds: 40},
      ],
      event => events.push(event),
      () => clock,
    )
    const ends = Promise.withResolvers<undefined>()

    const long = step({name: 'long', seconds: 60}, 'long', () => ends.promise)
    clock = 30_000
    await step({name: 'short', seconds: 40}, 'short', () => Promise.resolve())
    ends.resolve(undefined)
    await long

    expect(events.filter(event => event.type === 'progress').map(({fraction}) => fraction)).toEqual([0, 0.3])
  })
})
