import {expect, test} from 'vitest'
import type {StepDone} from './counts.ts'
import {summary} from './summary.ts'

const step = (lane: string, name: string, ms: number, failed = 0): StepDone => ({
  lane,
  step: name,
  ms,
  passed: 2,
  failed,
  tests: [
    {name: `${name} > short`, ms: ms / 10},
    {name: `${name} > long`, ms: ms / 2},
  ],
})

test('the run ends with the slowest tests, the time of each lane and step, and the counts in the last line', () => {
  const done = [step('quick', 'unit', 100_000, 1), step('vm', 'vm', 600_000), step('quick', 'e2e', 400_400)]

  expect(summary(done, 601_000).split('\n')).toEqual([
    'the 6 slowest tests:',
    '  5m 00s  vm > long',
    '  3m 20s  e2e > long',
    '  1m 00s  vm > short',
    '  0m 50s  unit > long',
    '  0m 40s  e2e > short',
    '  0m 10s  unit > short',
    'the lanes of a run of 10m 01s:',
    '  8m 20s  quick',
    '    1m 40s  unit: 2 passed, 1 failed',
    '    6m 40s  e2e: 2 passed',
    '  10m 00s  vm',
    '    10m 00s  vm: 2 passed',
    '',
    '6 passed, 1 failed',
  ])
})

test('of many tests the ten slowest are named', () => {
  const done = Array.from({length: 20}, (_, i) => step('one', `suite ${i.toString()}`, (i + 1) * 10_000))

  const lines = summary(done, 0).split('\n')

  expect(lines[0]).toBe('the 10 slowest tests:')
  expect(lines[1]).toContain('suite 19 > long')
  expect(lines[10]).toContain('suite 10 > long')
  expect(lines[11]).toMatch(/^the lanes of a run/)
})
