import {expect, it} from 'vitest'
import {signOfLife} from '../../src/kube/signs-of-life.ts'
import {fakeClock} from './fake-api.ts'
import {fakeKube} from '../resources/cluster/fake-kube.ts'
import {NEVER} from '../engine/sample-run.ts'

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/w'
const FIRST = '2026-12-01T00:00:00.000000Z'

/** A node whose kubelet renews its Lease after so many seconds. */
async function look(status: string | undefined, renewsAfterSeconds: number) {
  const clock = fakeClock()
  const began = clock.now()
  const api = fakeKube(
    {},
    {
      get: path => {
        if (path !== LEASE)
          return Promise.resolve(status === undefined ? undefined : {status: {conditions: [{type: 'Ready', status}]}})
        const isRenewed = clock.now() - began >= renewsAfterSeconds * 1000
        return Promise.resolve({spec: {renewTime: isRenewed ? '2026-12-01T00:00:10.000000Z' : FIRST}})
      },
    },
  )
  const sign = await signOfLife('w', {api, clock, signal: NEVER, progress: () => undefined})
  return {sign, seconds: (clock.now() - began) / 1000}
}

it.each([
  ['a node that reports', 'True', 9, 'its kubelet still reports (last at 2026-12-01T00:00:10.000000Z)'],
  ['a node that reports that it is not ready', 'False', 9, 'its kubelet still reports'],
  ['a node that the API still shows as ready, but that is silent', 'True', Infinity, undefined],
  ['a node that is silent', 'Unknown', Infinity, undefined],
  ['a node that is gone', undefined, Infinity, undefined],
])('signs of life of %s', async (_, status, renews, said) => {
  const {sign} = await look(status, renews)
  if (said === undefined) expect(sign).toBeUndefined()
  else expect(sign).toContain(said)
})

it('a node that the cluster has given up is not watched', async () => {
  expect((await look('Unknown', Infinity)).seconds).toBe(0)
  expect((await look('True', Infinity)).seconds).toBe(25)
})
