import {PassThrough} from 'node:stream'
import {expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {tryForwards} from '../../src/engine/hosts/try-forwards.ts'
import type {Host} from '../../src/remote/host.ts'
import {endpointHealthy, endpointHealthyOperation} from '../../src/resources/cluster/endpoint-healthy.ts'
import {judged, sampleCluster} from '../phases/preflight/sample.ts'

const unused = (): Promise<never> => Promise.reject(new Error('not used here'))
const hostThat = (forward: Host['forward']): Host => ({
  name: 'm',
  run: unused,
  read: unused,
  pipe: unused,
  close: unused,
  forward,
})
const node = judged('m', 10, {role: 'control-plane'}).node

test('each place is tried once, and only a refusal by policy counts', async () => {
  const streams: PassThrough[] = []
  const host = hostThat((_, port) => {
    if (port === 10_248) return Promise.reject(new KadmError('no-forwarding', 'forbidden'))
    if (port === 10_257) return Promise.reject(new KadmError('connect', 'nothing answers'))
    const stream = new PassThrough()
    streams.push(stream)
    return Promise.resolve(stream)
  })

  const tries = await tryForwards(host, node, sampleCluster())

  expect(tries).toEqual([
    {to: '127.0.0.1:10248', isForbidden: true},
    {to: '127.0.0.1:10257', isForbidden: false},
    {to: '127.0.0.1:10259', isForbidden: false},
    {to: '192.168.56.10:6443', isForbidden: false},
  ])
  expect(streams.map(({destroyed}) => destroyed)).toEqual([true, true])
})

test('nothing is forwarded from a worker', async () => {
  expect(await tryForwards(hostThat(unused), judged('w', 11).node, sampleCluster())).toEqual([])
})

test('a mistake of kadm is not taken for an answer', async () => {
  await expect(tryForwards(hostThat(unused), node, sampleCluster())).rejects.toThrow('not used here')
})

test('a wait for a health port does not take a refusal by policy for "not yet"', async () => {
  const resource = endpointHealthy({
    component: 'kubelet',
    scheme: 'http',
    address: '127.0.0.1',
    port: 10_248,
    path: '/healthz',
    deadlineMs: 1000,
    why: 'test',
  })
  const host = hostThat(() =>
    Promise.reject(new KadmError('no-forwarding', 'the SSH server does not allow forwarding')),
  )

  await expect(endpointHealthyOperation.look(resource, {host} as never)).rejects.toMatchObject({code: 'no-forwarding'})
})
