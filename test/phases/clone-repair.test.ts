import {expect, test} from 'vitest'
import type {Facts, Identity} from '../../src/domain/facts.ts'
import {isRepairable, planRepairs, repairText} from '../../src/phases/shared/clone-repair.ts'
import {clonesAmong} from '../../src/phases/preflight/checks/clones.ts'
import {viewsOf} from '../../src/phases/preflight/input.ts'
import {input, judged, sampleFacts, sampleSpec} from './preflight/sample.ts'

const original = sampleFacts(11).identity

/** What is planned for a worker-2 that has this of worker-1. */
function planned(shared: Partial<Identity>, facts: Partial<Facts> = {}, ssh?: 'local') {
  const clone = judged('worker-2', 12, {...facts, identity: {...sampleFacts(12).identity, ...shared}})
  const host = {...clone.node.host, ...(ssh === undefined ? {} : {ssh})}
  return planRepairs(clonesAmong(viewsOf(input([judged('worker-1', 11), {...clone, node: {...clone.node, host}}]))))
}

test('only what is shared is replaced, with the name of the file', () => {
  const [repair] = planned({machineId: original.machineId}, {hostname: 'worker-1'})

  expect(repair).toMatchObject({
    original: 'worker-1',
    parts: {machineId: true, hostKeys: false},
    newName: 'worker-2',
    byHand: [],
  })
  expect(repair && repairText(repair)).toBe(
    'worker-2 (worker-1 keeps what both have): gets a new machine-id and the name worker-2, and reboots',
  )
})

test('what only the hypervisor can give leaves nothing for kadm to do', () => {
  const [repair] = planned({macs: original.macs})

  expect(repair && isRepairable(repair)).toBe(false)
  expect(repair?.byHand).toHaveLength(1)
})

test('a node of a cluster is refused with the way out', () => {
  expect(() => planned({machineId: original.machineId}, {clusterCaHash: 'abc', nodeName: 'worker-2'})).not.toThrow()
  const both = ['a', 'b'].map((name, i) =>
    judged(name, i + 11, {nodeName: name, identity: {...sampleFacts(i + 11).identity, machineId: 'same'}}),
  )

  expect(() => planRepairs(clonesAmong(viewsOf(input(both))))).toThrow(
    expect.objectContaining({
      code: 'preflight',
      message: 'b is a node of a cluster; kadm never changes the identity of a node',
      hint: 'remove it from the cluster (kadm reset b --to CONTROL-PLANE), run this command again, then join it again',
    }),
  )
})

test('the machine that kadm runs on is refused, since it has to boot', () => {
  expect(() => planned({machineId: original.machineId}, {}, 'local')).toThrow(
    /worker-2 is the machine on which kadm runs/,
  )
})

test('a host that nobody named keeps its name', () => {
  const hosts = [
    judged('a', 11),
    judged('b', 12, {identity: {...sampleFacts(12).identity, machineId: original.machineId}}),
  ]
  const unnamed = hosts.map(host => ({...host, node: {...host.node, host: sampleSpec()}}))

  expect(planRepairs(clonesAmong(viewsOf(input(unnamed))))).toMatchObject([{newName: undefined}])
})
