import fc from 'fast-check'
import {expect, test} from 'vitest'
import {ageText, goDuration, parseDuration} from '../../src/domain/duration.ts'

test.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['0s', 0],
  ['1m1m', 120_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '5', 'h', '1h ', ' 1h', '1.5h', '-1h', '1w', '1hm', '1ms', '1H'])("'%s' is not a duration", text => {
  expect(parseDuration(text)).toBeUndefined()
})

test('days count only where they are allowed', () => {
  expect(parseDuration('2d')).toBeUndefined()
  expect(parseDuration('2d', ['d', 'h'])).toBe(172_800_000)
  expect(parseDuration('2m', ['d', 'h'])).toBeUndefined()
})

test('a duration that is written as Go writes it reads as the same', () => {
  fc.assert(
    fc.property(fc.integer({min: 0, max: 2_562_047 * 3600}), seconds => {
      expect(parseDuration(goDuration(seconds * 1000))).toBe(seconds * 1000)
    }),
  )
})

test('a negative duration is written as Go reads it', () => {
  expect(goDuration(-300_000)).toBe('-0h5m0s')
})

test.each([
  [-1, '0 s'],
  [45_400, '45 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [7_140_000, '119 min'],
  [7_200_000, '2 h'],
  [169_200_000, '47 h'],
  [172_800_000, '2 days'],
])('an age of %d ms is %s', (ms, text) => {
  expect(ageText(ms)).toBe(text)
})
