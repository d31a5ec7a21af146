import {expect, test} from 'vitest'
import {isKeptAway} from '../../../src/diagnose/cluster/tolerations.ts'

const set = (...tolerations: readonly Readonly<Record<string, string>>[]) => ({spec: {template: {spec: {tolerations}}}})
const GPU = {key: 'gpu', value: 'no', effect: 'NoExecute'} as const

test.each([
  ['without tolerations', [], true],
  ['that tolerates another effect', [{operator: 'Exists', effect: 'NoSchedule'}], true],
  ['that tolerates another key', [{key: 'disk', operator: 'Exists'}], true],
  ['that tolerates another value', [{key: 'gpu', value: 'yes'}], true],
  ['that tolerates everything', [{operator: 'Exists'}], false],
  ['that tolerates the key', [{key: 'gpu', operator: 'Exists'}], false],
  ['that tolerates exactly this', [{key: 'gpu', operator: 'Equal', value: 'no', effect: 'NoExecute'}], false],
])('a node with a taint keeps a DaemonSet %s away: %j', (_, tolerations, isAway) => {
  expect(isKeptAway(set(...tolerations), [GPU])).toBe(isAway)
})

test.each([
  {key: 'gpu', value: undefined, effect: 'PreferNoSchedule'},
  {key: 'node.kubernetes.io/not-ready', value: undefined, effect: 'NoExecute'},
] as const)('the taint %j keeps no DaemonSet away', taint => {
  expect(isKeptAway(set(), [taint])).toBe(false)
})
