import {expect, test} from 'vitest'
import {repairClones, type RepairOptions} from '../../src/engine/workflows/repair-clones.ts'
import {workflowScene, type SaidByMachine} from './workflow-scene.ts'

const TRUST: RepairOptions['trust'] = {
  learn: () => Promise.reject(new Error('no key is to be learnt')),
  keepOnly: () => Promise.reject(new Error('no key is to be forgotten')),
  isBehindJump: () => Promise.resolve(false),
  portOf: () => Promise.resolve(22),
}

async function repair(machines: Readonly<Record<string, SaidByMachine>>, answer: boolean | undefined) {
  const {options, did, events} = workflowScene(machines, {command: 'repair clones'})
  const asked: string[][] = []
  const mayRepair: RepairOptions['mayRepair'] = repairs => {
    asked.push(repairs.map(({view, original}) => `${view.label} of ${original}`))
    return answer === undefined ? Promise.reject(new Error('nobody is to be asked')) : Promise.resolve(answer)
  }
  const report = await repairClones({...options, trust: TRUST, mayRepair}).catch((error: unknown) => error)
  return {report, asked, did, events}
}

test('machines that each have an identity of their own are left alone, and nobody is asked', async () => {
  const {report, did} = await repair({one: {}, two: {}}, undefined)

  expect(report).toEqual({repaired: [], left: []})
  expect(did.filter(step => step.startsWith('run'))).toEqual([])
})

test('the copy is named with its original before it is changed, and is not changed when that is not wanted', async () => {
  const {report, asked, did, events} = await repair({one: {machineId: 'same'}, two: {machineId: 'same'}}, false)

  expect(report).toBeUndefined()
  expect(asked).toEqual([['two of one']])
  expect(did).toEqual(['connect one', 'connect two', 'close one', 'close two'])
  expect(events).toEqual([])
})

test('a machine that another run changes is not repaired', async () => {
  const {report, asked} = await repair(
    {one: {machineId: 'same'}, two: {machineId: 'same', heldBy: 'you@desk 9 2'}},
    undefined,
  )

  expect(report).toMatchObject({code: 'lease', host: 'two'})
  expect(asked).toEqual([])
})
