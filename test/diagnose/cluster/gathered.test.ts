import {expect, test} from 'vitest'
import {gathered} from '../../../src/diagnose/cluster/gathered.ts'
import {diagnoseCluster} from '../../../src/diagnose/cluster/diagnose-cluster.ts'
import {noFile} from './cases/changes.ts'
import {ago, healthy, node} from './sample-cluster.ts'

/** Nodes of which nothing is heard, each for another time. */
const silent = (count: number) => {
  const sample = healthy()
  const lost = Array.from({length: count}, (_, i) => {
    const object = node({name: `lost-${String(i)}`}, i + 3)
    const conditions = [
      {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'stopped',
        lastTransitionTime: ago(200 + i),
      },
    ]
    return {...object, status: {...(object['status'] as object), conditions}}
  })
  return diagnoseCluster({...sample, nodes: [...(sample.nodes ?? []), ...lost]}, noFile).filter(
    ({name}) => name === 'node-not-ready',
  )
}

test('thirty nodes that are down are one finding, which names some and counts the others', () => {
  const [told, ...more] = gathered(silent(30))

  expect(more).toEqual([])
  expect(told?.cause).toMatch(
    /^node lost-0 has not reported for \d+ .*; the same applies to lost-1, lost-2, lost-3, lost-4, lost-5 and 24 more$/,
  )
  expect(told?.nodes?.length).toBe(30)
})

test('two are reported one by one, and so is what is not about one node', () => {
  const alone = silent(2)
  const others = ['a', 'b', 'c'].map(
    name => ({name, cause: 'x', certainty: 'certain', proof: ['x'], fix: 'x'}) as const,
  )

  expect(gathered([...alone, ...others])).toEqual([...alone, ...others])
})
