import type {Duplex} from 'node:stream'
import {afterEach, describe, expect, it} from 'vitest'
import {hostLost, KadmError} from '../../src/domain/errors.ts'
import {kubeClient, type KubeClient} from '../../src/kube/client.ts'
import type {Forward} from '../../src/kube/connection.ts'
import {triesWhenLostMs} from '../../src/kube/requester.ts'
import {AWAY_MS} from '../../src/remote/reconnect/come-back.ts'
import {fakeApi, type Answer, type FakeApi} from './fake-api.ts'

const open: {readonly close: () => Promise<void>}[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const lost = hostLost('master', 'the connection to 10.0.0.2 was lost')

interface Way {
  readonly api: KubeClient
  readonly server: FakeApi
  /** Cuts every stream, as ssh-forward.ts does, and refuses others for that long. */
  readonly cut: (awayMs: number) => void
  readonly streams: () => number
}

/** An API server behind a machine that can be lost. */
async function way(answer: () => Answer): Promise<Way> {
  const server = await fakeApi(answer)
  const streams: Duplex[] = []
  let back = 0
  const reach = (): Promise<void> => (performance.now() < back ? Promise.reject(lost) : Promise.resolve())
  const forward: Forward = Object.assign(
    async (host: string, port: number) => {
      await reach()
      const stream = await server.forward(host, port)
      streams.push(stream)
      return stream
    },
    {reach},
  )
  const api = kubeClient(server.endpoint, forward)
  open.push(server, api)
  return {
    api,
    server,
    streams: () => streams.length,
    cut: awayMs => {
      back = performance.now() + awayMs
      for (const stream of streams) {
        stream.emit('error', lost)
        stream.destroy()
      }
    },
  }
}

describe('a way to the API server by a machine that is lost', () => {
  it('is reported as a lost machine by what was under way, not as an API server that is down', async () => {
    const {api, cut, server} = await way(() => 'hang')
    const asked = expect(api.get('/api', {retryForMs: 0})).rejects.toMatchObject({
      code: 'host-lost',
      host: 'master',
      message: lost.message,
    })
    await expect.poll(() => server.asked.length).toBe(1)
    cut(60_000)

    await asked
  })

  it('is tried again until the machine is back, longer than a server that is down, over a stream of its own', async () => {
    const {api, cut, streams} = await way(() => ({json: {kind: 'Node'}}))
    await api.get('/api')
    cut(500)

    expect(await api.get('/api', {retryForMs: 200})).toEqual({kind: 'Node'})
    expect(streams()).toBe(2)
  })

  it('ends with that when the machine stays away', async () => {
    const {api, cut} = await way(() => ({json: {kind: 'Node'}}))
    cut(60_000)
    const began = performance.now()

    await expect(api.get('/api', {retryForMs: 100})).rejects.toBe(lost)
    expect(performance.now() - began).toBeGreaterThanOrEqual(590)
    await expect(api.exec({name: 'p', namespace: 'n'}, {command: ['true']})).rejects.toBe(lost)
  })

  it('is tried for no longer than any other work waits for a machine, however patient the call is with the server', () => {
    expect([0, 1000, 15_000, 60_000, 600_000].map(triesWhenLostMs)).toEqual([0, 6000, AWAY_MS, AWAY_MS, AWAY_MS])
  })

  it('makes nobody do twice what must not be done twice', async () => {
    const {api, cut, server} = await way(() => 'hang')
    const object = {apiVersion: 'v1', kind: 'Secret', metadata: {name: 's', namespace: 'n'}}
    const created = expect(api.create(object)).rejects.toMatchObject({code: 'host-lost'})
    await expect.poll(() => server.asked.length).toBe(1)
    cut(100)

    await created
    expect(server.asked).toHaveLength(1)
  })
})

describe('a bug on the way to the API server', () => {
  const bug = new TypeError('x is undefined')

  it.each([
    ['of the machine', {reach: () => Promise.reject(bug)}],
    ['of the stream', {}],
  ])('%s is not an API server that cannot be reached', async (_, more) => {
    const server = await fakeApi(() => 'hang')
    const api = kubeClient(
      server.endpoint,
      Object.assign(() => Promise.reject<Duplex>(bug), more),
    )
    open.push(server, api)

    const failure: unknown = await api.get('/api', {retryForMs: 0}).catch((error: unknown) => error)

    expect(failure).not.toBeInstanceOf(KadmError)
  })
})

it('a write that must ask first whether it may is made when the machine that is asked is back', async () => {
  const {api} = await way(() => ({json: {kind: 'Node'}}))
  let asked = 0
  const before = () => (++asked < 3 ? Promise.reject(lost) : Promise.resolve())

  expect(await api.patch('/api/v1/nodes/n', {}, 'merge', {before, retryForMs: 200})).toEqual({kind: 'Node'})
  expect(asked).toBe(3)
})
