import fc from 'fast-check'
import {describe, expect, test} from 'vitest'

import {formatHours, parseHours} from '../../src/config/rules/duration.ts'
import {endpointWithPort} from '../../src/config/rules/endpoint.ts'
import {formatTaint, parseTaint} from '../../src/config/rules/taint.ts'

describe('a duration as Go writes it', () => {
  test.each([
    ['8760h', 8760],
    ['8760h0m0s', 8760],
    ['90m', 1.5],
    ['1h30m', 1.5],
    ['3600s', 1],
    ['0h', undefined],
    ['10y', undefined],
    ['-1h', undefined],
    ['1.5h', 1.5],
    ['4380h30m', 4380.5],
    ['500ms', 0.5 / 3600],
    ['1.5', undefined],
    ['h', undefined],
    ['', undefined],
    ['9999999h', undefined],
  ])('%s is %s hours', (text, hours) => {
    expect(parseHours(text)).toBe(hours)
  })

  test('whole seconds are written as they were read', () => {
    const seconds = fc.integer({min: 1, max: 2_000_000_000})
    fc.assert(
      fc.property(seconds, count => {
        expect(parseHours(formatHours(count / 3600))).toBe(count / 3600)
      }),
    )
  })
})

describe('a taint as kubectl writes it', () => {
  test.each([
    ['a=b:NoSchedule', {key: 'a', value: 'b', effect: 'NoSchedule'}],
    ['a:NoExecute', {key: 'a', value: undefined, effect: 'NoExecute'}],
    ['a=:NoExecute', {key: 'a', value: undefined, effect: 'NoExecute'}],
    ['example.com/a:PreferNoSchedule', {key: 'example.com/a', value: undefined, effect: 'PreferNoSchedule'}],
    ['a=b', undefined],
    ['a=b:', undefined],
    ['=b:NoSchedule', undefined],
  ])('%s', (text, taint) => {
    expect(parseTaint(text)).toEqual(taint)
  })

  test('every taint comes back from its text as it was', () => {
    const taint = fc.record({
      key: fc.stringMatching(/^([a-z]{1,5}\.[a-z]{1,5}\/)?[A-Za-z0-9]{1,9}$/),
      value: fc.option(fc.stringMatching(/^[A-Za-z0-9]([a-z._-]{0,5}[a-z0-9])?$/), {nil: undefined}),
      effect: fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    })
    fc.assert(
      fc.property(taint, value => {
        expect(parseTaint(formatTaint(value))).toEqual(value)
      }),
    )
  })
})

test.each([
  ['api.example.com', 'api.example.com:6443'],
  ['api.example.com:443', 'api.example.com:443'],
  ['10.0.0.1', '10.0.0.1:6443'],
  ['fd00:0::1', '[fd00::1]:6443'],
  ['[fd00::1]:443', '[fd00::1]:443'],
  ['', undefined],
])('the endpoint %s is %s in full', (text, endpoint) => {
  expect(endpointWithPort(text, 6443)).toBe(endpoint)
})
