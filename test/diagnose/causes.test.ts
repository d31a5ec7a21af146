import {describe, expect, test} from 'vitest'
import type {Diagnosis} from '../../src/diagnose/diagnosis.ts'
import {diagnose, RULES} from '../../src/diagnose/diagnose.ts'
import {evidenceWith, nowOf} from './captures.ts'
import {ALL_CASES as CASES} from './cases/all.ts'
import type {Case} from './wording.ts'

const found = ({role, sections, phase}: Case): readonly Diagnosis[] =>
  diagnose(evidenceWith(role, sections), {
    phase: phase ?? 'wait-control-plane',
    waitedFor: 'the node',
    now: nowOf(role),
  })

describe('what a machine says is explained', () => {
  test.each(CASES.map(c => [c.name, c.cause.source, c] as const))('%s: %s', (name, _, c) => {
    const [first, ...others] = found(c)

    expect(first?.name).toBe(name)
    expect(first?.cause).toMatch(c.cause)
    expect(first?.proof.join('\n')).toMatch(c.proof)
    expect(first?.proof.length).toBeLessThanOrEqual(3)
    expect(first?.fix).not.toBe('')
    expect(others.filter(({certainty}) => certainty === 'certain').map(other => other.name)).toEqual([])
  })

  test('only name servers outside that do not answer are a fault outside the cluster', () => {
    const outside = CASES.flatMap(c => found(c).filter(({isOutside}) => isOutside === true))

    expect(outside.map(({name, certainty}) => `${name} ${certainty}`)).toEqual(['dns-upstream likely'])
  })

  test('every rule has a case', () => {
    const missing = RULES.map(({name}) => name).filter(name => !CASES.some(c => c.name === name))

    expect(missing).toEqual([])
  })

  test('every cause that hides a consequence is the name of a rule', () => {
    const names = new Set([
      ...RULES.map(({name}) => name),
      'component-stops',
      'kubelet-stops',
      'pod-stops',
      'file-changed',
    ])

    expect(RULES.flatMap(({follows}) => follows ?? []).filter(name => !names.has(name))).toEqual([])
  })
})
