import {describe, expect, it} from 'vitest'
import {blocks, budgetLimits} from '../../../src/kube/drain/disruption-budgets.ts'
import {selects} from '../../../src/kube/label-selector.ts'

const pod = (
  name: string,
  more: {ready?: boolean; phase?: string; namespace?: string; deletionTimestamp?: string} = {},
) => ({
  metadata: {
    name,
    namespace: more.namespace ?? 'shop',
    labels: {app: 'web'},
    ...(more.deletionTimestamp === undefined ? {} : {deletionTimestamp: more.deletionTimestamp}),
  },
  status: {
    phase: more.phase ?? 'Running',
    conditions: [{type: 'Ready', status: (more.ready ?? true) ? 'True' : 'False'}],
  },
})
const budget = (allowed: number, healthy: number, needed: number, spec: object = {}) => ({
  metadata: {name: 'web', namespace: 'shop'},
  spec: {selector: {matchLabels: {app: 'web'}}, ...spec},
  status: {disruptionsAllowed: allowed, currentHealthy: healthy, desiredHealthy: needed},
})

describe('the budgets that a drain meets', () => {
  it('are none while they allow every eviction', () => {
    expect(budgetLimits([pod('a'), pod('b')], [budget(2, 3, 1)])).toEqual([])
  })

  it('tell which one blocks, with its numbers', () => {
    const [limit, ...others] = budgetLimits([pod('a')], [budget(0, 2, 2)])
    expect(others).toEqual([])
    expect(limit).toEqual({budget: 'shop/web', pods: ['shop/a'], allowed: 0, healthy: 2, needed: 2, because: undefined})
    expect(limit && blocks(limit)).toBe(true)
  })

  it('tell which one only slows the drain down', () => {
    const [limit] = budgetLimits([pod('a'), pod('b')], [budget(1, 3, 2)])
    expect(limit).toMatchObject({pods: ['shop/a', 'shop/b'], allowed: 1})
    expect(limit && blocks(limit)).toBe(false)
  })

  it('count for the pods of their own namespace only', () => {
    expect(budgetLimits([pod('a', {namespace: 'other'})], [budget(0, 1, 1)])).toEqual([])
  })

  it.each([
    ['has not started', pod('a', {phase: 'Pending', ready: false})],
    ['has finished', pod('a', {phase: 'Succeeded', ready: false})],
    ['terminates already', pod('a', {deletionTimestamp: '2026-12-01T00:00:00Z'})],
    ['is not ready, while enough others are', pod('a', {ready: false})],
  ])('do not hold a pod that %s', (_, one) => {
    expect(budgetLimits([one], [budget(0, 2, 2)])).toEqual([])
  })

  it('hold a pod that is not ready while too few others are, unless they always let it go', () => {
    expect(budgetLimits([pod('a', {ready: false})], [budget(0, 1, 2)])).toHaveLength(1)
    const free = {unhealthyPodEvictionPolicy: 'AlwaysAllow'}
    expect(budgetLimits([pod('a', {ready: false})], [budget(0, 1, 2, free)])).toEqual([])
  })

  it('never let a pod go that has two of them', () => {
    const [limit] = budgetLimits(
      [pod('a')],
      [budget(5, 9, 1), {...budget(5, 9, 1), metadata: {name: 'second', namespace: 'shop'}}],
    )
    expect(limit).toMatchObject({budget: 'shop/web and shop/second', pods: ['shop/a'], allowed: 0})
    expect(limit?.because).toContain('more than one budget')
  })
})

describe('a label selector', () => {
  const labels = {app: 'web', tier: 'front'}
  it.each([
    ['nothing, when there is none', undefined, false],
    ['everything, when it is empty', {}, true],
    ['equal labels', {matchLabels: {app: 'web'}}, true],
    ['no other value', {matchLabels: {app: 'db'}}, false],
    ['only when all labels are equal', {matchLabels: {app: 'web', zone: 'a'}}, false],
    ['In', {matchExpressions: [{key: 'app', operator: 'In', values: ['db', 'web']}]}, true],
    ['In, without the label', {matchExpressions: [{key: 'zone', operator: 'In', values: ['a']}]}, false],
    ['NotIn', {matchExpressions: [{key: 'app', operator: 'NotIn', values: ['web']}]}, false],
    ['NotIn, without the label', {matchExpressions: [{key: 'zone', operator: 'NotIn', values: ['a']}]}, true],
    ['Exists', {matchExpressions: [{key: 'tier', operator: 'Exists'}]}, true],
    ['DoesNotExist', {matchExpressions: [{key: 'tier', operator: 'DoesNotExist'}]}, false],
    ['nothing by an operator that it does not know', {matchExpressions: [{key: 'tier', operator: 'Gt'}]}, false],
  ])('selects %s', (_, selector, expected) => {
    expect(selects(selector, labels)).toBe(expected)
  })
})
