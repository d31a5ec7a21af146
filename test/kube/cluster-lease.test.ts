import {setTimeout as after} from 'node:timers/promises'
import {describe, expect, test} from 'vitest'
import type {Clock} from '../../src/domain/clock.ts'
import {ApiError} from '../../src/kube/api-error.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import {clusterLease, type ClusterLease} from '../../src/kube/cluster-lease.ts'
import {guardedClient} from '../../src/kube/guarded-client.ts'
import {isObject, textAt, type ApiObject} from '../../src/kube/json.ts'
import {fakeKube, refused} from '../resources/cluster/fake-kube.ts'

const PATH = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kadm'
const NEVER = new AbortController().signal

/** An API server with versions: a write that names another one than the object's is a conflict. */
function apiServer(object?: object) {
  let live: ApiObject | undefined
  let version = 0
  const put = (value: object): ApiObject => {
    version++
    const {metadata, ...rest} = structuredClone(value) as {metadata: object}
    live = {...rest, metadata: {...metadata, resourceVersion: String(version)}}
    return structuredClone(live)
  }
  if (object !== undefined) put(object)
  const isOld = (body: unknown, ...path: readonly string[]): boolean =>
    textAt(body, ...path, 'resourceVersion') !== textAt(live, 'metadata', 'resourceVersion')
  const api: KubeClient = fakeKube(
    {},
    {
      get: () => Promise.resolve(structuredClone(live)),
      create: value =>
        live === undefined ? Promise.resolve(put(value)) : Promise.reject(refused(409, 'AlreadyExists')),
      patch: (_, body) => {
        if (live === undefined) return Promise.reject(refused(404, 'NotFound'))
        if (isOld(body, 'metadata')) return Promise.reject(refused(409, 'Conflict'))
        const spec = isObject(body) && isObject(body['spec']) ? body['spec'] : {}
        return Promise.resolve(
          put({...live, metadata: {name: 'kadm'}, spec: {...(isObject(live['spec']) ? live['spec'] : {}), ...spec}}),
        )
      },
      raw: ({body}) => {
        if (isOld(body, 'preconditions')) return Promise.resolve({status: 409, text: ''})
        live = undefined
        return Promise.resolve({status: 200, text: ''})
      },
    },
  )
  return {api, put, holder: () => textAt(live, 'spec', 'holderIdentity'), isThere: () => live !== undefined}
}

/** Time that goes a thousand times as fast. */
function quick(): Clock {
  const started = Date.now()
  return {
    now: () => started + (Date.now() - started) * 1000,
    sleep: (ms, signal) => after(ms / 1000, undefined, {signal}).catch(() => undefined),
  }
}

const leaseOf = (identity: string, more: {readonly gone?: string; readonly clock?: Clock} = {}): ClusterLease =>
  clusterLease({identity, isGone: other => other === more.gone, clock: more.clock ?? quick()})
const use = (api: KubeClient, heard: string[] = []) => ({
  api,
  signal: NEVER,
  progress: (m: string) => void heard.push(m),
})

describe('the lease of a cluster', () => {
  test('is taken, kept as long as it is held, and gone when it is given back', async () => {
    const server = apiServer()
    const ann = leaseOf('ann')
    await ann.take(use(server.api))
    const first = textAt(await server.api.get(PATH), 'spec', 'renewTime')

    await expect.poll(async () => textAt(await server.api.get(PATH), 'spec', 'renewTime')).not.toBe(first)
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    await ann.confirm()
    await ann.release()
    expect(server.isThere()).toBe(false)
  })

  test('is shared by the lanes of one run', async () => {
    const server = apiServer()
    const ann = leaseOf('ann')
    await Promise.all([1, 2, 3].map(() => ann.take(use(server.api))))
    await Promise.all([1, 2, 3].map(() => ann.confirm()))

    await ann.release()
    await ann.take(use(server.api))
    expect(server.holder()).toBe('ann')
    await ann.release()
  })

  test('is waited for, with the name of the run that holds it', async () => {
    const server = apiServer()
    const [ann, bob, heard] = [leaseOf('ann'), leaseOf('bob'), [] as string[]]
    await ann.take(use(server.api))
    const turn = bob.take(use(server.api, heard))
    await after(100)
    expect(server.holder()).toBe('ann')
    await ann.release()
    await turn

    expect(heard).toEqual(['waiting for ann, which is changing the cluster'])
    expect(server.holder()).toBe('bob')
    await bob.release()
  })

  test('is taken from a run that does not renew it, whatever time that run wrote, and at once from one that is gone', async () => {
    const object = {metadata: {name: 'kadm'}, spec: {holderIdentity: 'ann', renewTime: '2099-01-01T00:00:00.000000Z'}}
    const [silent, gone] = [apiServer(object), apiServer(object)]
    const clock = quick()
    const began = clock.now()
    await leaseOf('bob', {clock}).take(use(silent.api))
    expect(clock.now() - began).toBeGreaterThan(45_000)

    await leaseOf('bob', {gone: 'ann', clock: {now: () => 0, sleep: () => new Promise(() => undefined)}}).take(
      use(gone.api),
    )
    expect([silent.holder(), gone.holder()]).toEqual(['bob', 'bob'])
  })

  test('that was taken over ends every write, and is not given back by the run that lost it', async () => {
    const server = apiServer()
    const ann = leaseOf('ann', {
      clock: {
        now: () => time.now,
        sleep: (_, signal) => after(1e6, undefined, {signal, ref: false}).catch(() => undefined),
      },
    })
    const time = {now: 0}
    await ann.take(use(server.api))
    server.put({metadata: {name: 'kadm'}, spec: {holderIdentity: 'bob'}})
    time.now = 60_000
    const written: string[] = []
    const object = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a'}}
    const api = guardedClient(fakeKube({}, {apply: () => Promise.resolve({written: written.push('a')})}), ann.confirm)

    await expect(api.apply(object)).rejects.toMatchObject({
      code: 'lease',
      evidence: expect.stringContaining('bob') as string,
    })
    await expect(ann.take(use(server.api))).rejects.toMatchObject({code: 'lease'})
    await ann.release()
    expect([written, server.holder()]).toEqual([[], 'bob'])
  })

  test('is given back although a renewal was on its way', async () => {
    const server = apiServer()
    const ann = leaseOf('ann')
    await ann.take(use(server.api))
    server.put({metadata: {name: 'kadm'}, spec: {holderIdentity: 'ann', renewTime: 'later'}})
    await ann.release()

    expect(server.isThere()).toBe(false)
  })

  test('is renewed no longer once it was given back, also when the API does not answer', async () => {
    const server = apiServer()
    const signals: (AbortSignal | undefined)[] = []
    const timeoutScale: (number | undefined)[] = []
    const api: KubeClient = {
      ...server.api,
      patch: (_, __, ___, options) => {
        signals.push(options?.signal)
        timeoutScale.push(options?.retryForMs)
        return new Promise(() => undefined)
      },
    }
    const ann = leaseOf('ann')
    await ann.take(use(api))
    await expect.poll(() => signals.length).toBe(1)
    await ann.release()

    expect(signals[0]?.aborted).toBe(true)
    // As the writes that wait for it.
    expect(timeoutScale).toEqual([60_000])
  })

  test('is taken by the other lanes when the one that waited for all is stopped', async () => {
    const server = apiServer()
    const [ann, bob, stop] = [leaseOf('ann'), leaseOf('bob'), new AbortController()]
    await ann.take(use(server.api))
    const lanes = Promise.allSettled([bob.take({...use(server.api), signal: stop.signal}), bob.take(use(server.api))])
    await after(50)
    stop.abort()
    await after(50)
    await ann.release()

    expect(await lanes).toMatchObject([{status: 'rejected', reason: {code: 'cancelled'}}, {status: 'fulfilled'}])
    expect(server.holder()).toBe('bob')
    await bob.release()
  })

  test('that is refused says why within a minute', async () => {
    const forbidden = new ApiError({status: 403, reason: 'Forbidden'}, 'you may not')
    const api = fakeKube({}, {get: () => Promise.reject(forbidden)})

    await expect(leaseOf('ann').take(use(api))).rejects.toBe(forbidden)
  })
})

test('a guarded client asks before each kind of write and before none that only reads', async () => {
  let asked = 0
  const done = (): Promise<never> => Promise.resolve({} as never)
  const inner = fakeKube(
    {},
    {apply: done, create: done, patch: done, delete: done, raw: done, exec: done, list: done, getText: done},
  )
  const api = guardedClient(inner, () => {
    asked++
    return Promise.resolve()
  })
  const object = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a'}}

  await Promise.all([api.get('/a'), api.list('/a'), api.getText('/a'), api.raw({method: 'GET', path: '/a'})])
  expect(asked).toBe(0)
  await api.apply(object)
  await api.create(object)
  await api.patch('/a', {}, 'merge')
  await api.delete('/a')
  await api.raw({method: 'POST', path: '/a'})
  await api.exec({name: 'p', namespace: 'n'}, {command: ['true']})
  await api.withTimeouts(2).apply(object)
  expect(asked).toBe(7)
})
