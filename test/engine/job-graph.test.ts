import {describe, expect, test} from 'vitest'
import type {Node} from '../../src/domain/cluster.ts'
import {planJobs, type JobGraph} from '../../src/engine/schedule/job-graph.ts'
import {applyPhases} from '../../src/phases/workflows/apply.ts'
import {initPhases} from '../../src/phases/workflows/init.ts'
import {joinPhases} from '../../src/phases/workflows/join.ts'
import type {Step} from '../../src/phases/phase.ts'
import {afterResetPhases, resetPhases} from '../../src/phases/workflows/reset.ts'
import {select} from '../../src/phases/select.ts'
import {sampleNode} from './sample-run.ts'
import {step} from './sample-steps.ts'

const master = sampleNode('master', 'control-plane')
const second = sampleNode('second', 'control-plane')
const worker = sampleNode('worker')
const graphOf = (steps: readonly Step[], nodes: readonly Node[], first: Node | undefined = master): JobGraph =>
  planJobs({steps, nodes, first})

describe('a mistake in the phases', () => {
  test.each([
    ['a need that names no phase', [step('a'), step('b', {needs: ['aa']})], "phase b needs the unknown phase 'aa'"],
    [
      'a need of what comes later in the lane',
      [step('a', {needs: ['b']}), step('b')],
      'phases depend on each other: a (needs b), b',
    ],
    ['a phase that needs itself', [step('a', {needs: ['a']})], 'phases depend on each other: a (needs a)'],
    [
      'a circle over two hosts',
      [
        step('a', {where: 'initial-control-plane', needs: ['c']}),
        step('b', {where: 'worker', needs: ['a']}),
        step('c', {where: 'worker'}),
      ],
      'phases depend on each other: a (needs c), b (needs a), c',
    ],
    [
      'a need of its own subtree',
      [step('t/a'), step('t/b', {needs: ['t']})],
      'phases depend on each other: t/b (needs t)',
    ],
  ])('is found before anything runs: %s', (_, steps, message) => {
    expect(() => graphOf(steps, [master, worker])).toThrow(message)
  })

  test.each([
    ['init', initPhases],
    ['join', joinPhases],
    ['apply', applyPhases],
    ['reset', resetPhases],
    ['after reset', afterResetPhases],
  ])('is in none of the phases of %s, whatever is left out and whoever takes part', (_, phases) => {
    for (const only of [[], ['prepare'], ['worker'], ['addon']])
      for (const nodes of [[master], [worker], [master, second, worker, sampleNode('w2')]]) {
        const isThere = only.every(name => phases.some(({name: own}) => own === name))
        const steps = select(phases, isThere ? only : [], [])
        const {jobs, order} = planJobs({steps, nodes, first: nodes.find(({role}) => role === 'control-plane')})

        expect(new Set(order)).toStrictEqual(new Set(jobs))
      }
  })
})

test('hosts that need the same phase share one list of it, so that a graph grows with the number of hosts alone', () => {
  const workers = Array.from({length: 50}, (_, i) => sampleNode(`w${i}`))
  const steps = [step('a'), step('b', {needs: ['a']}), step('c', {needs: ['a', 'b']})]
  const {jobs, needed} = graphOf(steps, workers, undefined)

  const lists = new Set(jobs.flatMap(job => needed(job)))

  expect([...lists].map(({length}) => length)).toStrictEqual([50, 50])
})
