import {expect, test} from 'vitest'
import {csiNodeWatch} from '../../../src/resources/cluster/csi-node-watch.ts'
import {fakeKube} from './fake-kube.ts'
import {operationContext} from './operation-context.ts'

const PATH = '/apis/storage.k8s.io/v1/csinodes/vm-1'

const watched = (objects: Record<string, object>) => {
  const ran: string[] = []
  const context = operationContext({api: fakeKube(objects)})
  const host = {
    ...context.host,
    read: (script: string) => {
      ran.push(script)
      return Promise.resolve('')
    },
  }
  return {ran, clock: context.clock, look: csiNodeWatch('vm-1', {...context, host})}
}

test('a kubelet that waits before it creates its CSINode is restarted, one time', async () => {
  const {ran, clock, look} = watched({})

  expect(await look()).toBeUndefined()
  await clock.sleep(2000)
  expect(await look()).toBeUndefined()
  await clock.sleep(1000)
  expect(await look()).toMatch(/^the kubelet was restarted/)
  await clock.sleep(60_000)
  expect(await look()).toMatch(/^the kubelet was restarted/)

  expect(ran).toEqual(['systemctl restart kubelet.service'])
})

test('a kubelet that has created its CSINode is left alone, whatever else its node waits for', async () => {
  const {ran, clock, look} = watched({[PATH]: {metadata: {name: 'vm-1'}}})

  for (let i = 0; i < 20; i++) {
    expect(await look()).toBeUndefined()
    await clock.sleep(1000)
  }

  expect(ran).toEqual([])
})
