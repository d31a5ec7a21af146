import {describe, expect, it} from 'vitest'
import {outageOf, type Sample} from '../../../src/verify/ha/outage.ts'

/** A request every 200 ms: `.` is answered, `x` is refused at once, `t` waits 5 s in vain. */
const samples = (line: string): readonly Sample[] =>
  line.split('').map((mark, i) => ({
    startedAt: i * 200,
    endedAt: i * 200 + (mark === 't' ? 5000 : 20),
    failure: mark === 'x' ? 'refused' : mark === 't' ? 'no answer' : undefined,
  }))

describe('what requests to an endpoint show', () => {
  it.each([
    ['no outage', '......', {failed: 0, outageMs: 0, longestMs: 0}],
    ['a request in flight that is lost', '...t......', {failed: 1, outageMs: 200, longestMs: 200}],
    ['an outage of a second', '..xxxxx...', {failed: 5, outageMs: 1000, longestMs: 1000}],
    ['two outages', '..xx..xxxx.', {failed: 6, outageMs: 1200, longestMs: 800}],
    ['lost requests among answered ones', '.x.t.x.', {failed: 3, outageMs: 600, longestMs: 200}],
    ['an outage from the first request on', 'xx.', {failed: 2, outageMs: 400, longestMs: 400}],
    [
      'an outage that does not end, until the last request has ended',
      '..xt',
      {failed: 2, outageMs: 5200, longestMs: 5200},
    ],
    ['nothing at all', '', {failed: 0, outageMs: 0, longestMs: 0}],
  ])('is %s', (_, line, expected) => {
    expect(outageOf(samples(line))).toMatchObject({requests: line.length, ...expected})
  })

  it('is how long an answer took at most, which counts as none of the lost ones', () => {
    expect(outageOf(samples('..t')).slowestMs).toBe(20)
    expect(outageOf(samples('..').map(one => ({...one, endedAt: 2200}))).slowestMs).toBe(2200)
  })

  it('does not depend on the order in which the answers come', () => {
    expect(outageOf(samples('..xx.t.').toReversed())).toEqual(outageOf(samples('..xx.t.')))
  })

  it('names each reason once, the most frequent first', () => {
    expect(outageOf(samples('.txx.x.t')).reasons).toEqual(['refused', 'no answer'])
  })
})
