import {describe, expect, it} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {ApiError} from '../../src/kube/api-error.ts'
import {clientFromKubeconfig, kubeClient} from '../../src/kube/client.ts'
import type {Forward} from '../../src/kube/connection.ts'
import {apiPath} from '../../src/kube/kinds.ts'
import {authority, fakeApi, refusal} from './fake-api.ts'
import {served} from './served.ts'
import {containing} from './matchers.ts'

const {open, start} = served()

const failing = async (work: Promise<unknown>): Promise<KadmError> => {
  const error: unknown = await work.catch((caught: unknown) => caught)
  if (!(error instanceof KadmError)) throw new Error(`no KadmError but ${String(error)}`)
  return error
}

const configMap = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a', namespace: 'kube-system'}, data: {k: 'v'}}

describe('the API client', () => {
  it('shows its client certificate and reads an object', async () => {
    const {api, server} = await start(() => ({json: {kind: 'Node', metadata: {name: 'master'}}}))

    const node = await api.get(apiPath.nodes('master'))

    expect(node).toEqual({kind: 'Node', metadata: {name: 'master'}})
    expect(server.asked[0]).toMatchObject({method: 'GET', url: '/api/v1/nodes/master', clientName: 'kubernetes-admin'})
  })

  it('gives undefined for an object that does not exist', async () => {
    const {api} = await start(() => refusal(404, 'NotFound', 'nodes "x" not found'))

    expect(await api.get(apiPath.nodes('x'))).toBeUndefined()
  })

  it('sends a bearer token and no certificate when it has a token', async () => {
    const server = await fakeApi(() => ({json: {}}))
    const api = kubeClient(
      {...server.endpoint, credentials: {kind: 'token', token: 'abcdef.0123456789abcdef'}},
      server.forward,
    )
    open.push(server, api)

    await api.get('/api')

    expect(server.asked[0]?.headers.authorization).toBe('Bearer abcdef.0123456789abcdef')
    expect(server.asked[0]?.clientName).toBeUndefined()
  })

  it('applies on the server side as kadm and by force', async () => {
    const {api, server} = await start(() => ({json: configMap}))

    await api.apply(configMap)

    expect(server.asked[0]).toMatchObject({
      method: 'PATCH',
      url: '/api/v1/namespaces/kube-system/configmaps/a?fieldManager=kadm&force=true',
      headers: {'content-type': 'application/apply-patch+yaml'},
      body: JSON.stringify(configMap),
    })
  })

  it('takes no field from another manager when told so', async () => {
    const {api, server} = await start(() => ({json: configMap}))

    await api.apply(configMap, {force: false})

    expect(server.asked[0]?.url).toMatch(/\?fieldManager=kadm&force=false$/)
  })

  it('lists page by page', async () => {
    const {api, server} = await start(({url}) =>
      url.includes('continue=next')
        ? {json: {items: [{metadata: {name: 'b'}}], metadata: {}}}
        : {json: {items: [{metadata: {name: 'a'}}], metadata: {continue: 'next'}}},
    )

    const names = (await api.list('/api/v1/pods?labelSelector=app%3Dx')).map(pod => pod['metadata'])

    expect(names).toEqual([{name: 'a'}, {name: 'b'}])
    expect(server.asked.map(one => one.url)).toEqual([
      '/api/v1/pods?labelSelector=app%3Dx&limit=500',
      '/api/v1/pods?labelSelector=app%3Dx&limit=500&continue=next',
    ])
  })

  it('says false when there was nothing to delete', async () => {
    const {api, server} = await start(({url}) => (url.endsWith('/a') ? {json: {}} : refusal(404, 'NotFound', 'gone')))

    expect(await api.delete(apiPath.pods('a', 'x'), {propagation: 'Foreground', gracePeriodSeconds: 1})).toBe(true)
    expect(await api.delete(apiPath.pods('b', 'x'))).toBe(false)
    expect(JSON.parse(server.asked[0]?.body ?? '')).toMatchObject({
      propagationPolicy: 'Foreground',
      gracePeriodSeconds: 1,
    })
  })

  it('finds a kind it does not know by asking, once', async () => {
    const {api, server} = await start(({url}) =>
      url === '/apis/projectcalico.org/v3'
        ? {
            json: {
              resources: [
                {name: 'ippools/status', kind: 'IPPool', namespaced: false},
                {name: 'ippools', kind: 'IPPool', namespaced: false},
              ],
            },
          }
        : {json: {}},
    )
    const pool = {apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: {name: 'default'}}

    await api.apply(pool)
    await api.apply(pool)

    expect(server.asked.map(one => one.url.split('?')[0])).toEqual([
      '/apis/projectcalico.org/v3',
      '/apis/projectcalico.org/v3/ippools/default',
      '/apis/projectcalico.org/v3/ippools/default',
    ])
  })

  it('names a kind that the cluster does not have', async () => {
    const {api} = await start(() => refusal(404, 'NotFound', 'the server could not find the requested resource'))

    const error = await failing(api.apply({apiVersion: 'a.b/v1', kind: 'Nope', metadata: {name: 'x'}}, {retryForMs: 0}))

    expect(error).toMatchObject({
      code: 'remote',
      reason: 'NoSuchKind',
      message: containing('kind Nope of a.b/v1'),
    })
  })

  it.each([
    [403, 'Forbidden', 'admin.conf'],
    [409, 'Conflict', 'run the same command again'],
    [422, 'Invalid', 'correct the field'],
  ])('explains a refusal with %i %s', async (code, reason, hint) => {
    const {api} = await start(({url}) => (url === '/readyz' ? {text: 'ok'} : refusal(code, reason, 'because')))

    const error = await failing(api.create(configMap))

    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({code: 'remote', status: code, reason, hint: containing(hint)})
    expect(error.message).toBe('could not create ConfigMap kube-system/a: because')
  })

  it('tries again while the API server starts', async () => {
    let tries = 0
    const {api} = await start(() => {
      tries += 1
      if (tries === 1) return {status: 503, text: 'starting'}
      return tries === 2 ? 'reset' : {json: {kind: 'Node'}}
    })

    expect(await api.get('/api/v1/nodes/a')).toEqual({kind: 'Node'})
    expect(tries).toBe(3)
  })

  it('waits out that an API server which has just started forbids everything', async () => {
    let ready = false
    const {api, server} = await start(({url}) => {
      if (url === '/readyz') {
        const answer = ready ? 200 : 500
        ready = true
        return {status: answer, text: ''}
      }
      return ready ? {json: configMap} : refusal(403, 'Forbidden', 'nodes is forbidden')
    })

    expect(await api.create(configMap)).toEqual(configMap)
    expect(server.asked.map(one => one.url.split('/').at(-1))).toEqual(['configmaps', 'readyz', 'configmaps'])
  })

  it('finds a kind that is served only a moment after it was defined', async () => {
    let asked = 0
    const {api} = await start(({url}) => {
      if (url !== '/apis/a.b/v1') return {json: {}}
      asked += 1
      return asked < 3
        ? refusal(404, 'NotFound', 'not yet')
        : {json: {resources: [{name: 'nopes', kind: 'Nope', namespaced: true}]}}
    })

    expect(await api.pathOf({apiVersion: 'a.b/v1', kind: 'Nope', metadata: {name: 'x'}})).toBe(
      '/apis/a.b/v1/namespaces/default/nopes/x',
    )
    expect(asked).toBe(3)
  })

  it('does not create twice when the answer was lost', async () => {
    const {api, server} = await start(() => 'reset')

    const error = await failing(api.create(configMap))

    expect(error.code).toBe('connect')
    expect(server.asked).toHaveLength(1)
  })

  it('does not try again for one who does not want to wait', async () => {
    const {api, server} = await start(() => ({status: 500, text: 'no'}))

    await failing(api.get('/api', {retryForMs: 0}))

    expect(server.asked).toHaveLength(1)
  })

  it('says that nothing answers there', async () => {
    const refused: Forward = () =>
      Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), {code: 'ECONNREFUSED'}))
    const server = await fakeApi(() => ({}))
    const api = kubeClient(server.endpoint, refused)
    open.push(server, api)

    const error = await failing(api.get('/api', {retryForMs: 250}))

    expect(error).toMatchObject({code: 'connect', message: containing('10.0.0.10:6443 is not reachable')})
  })

  it('gives up a request that is not answered in time', async () => {
    const {api} = await start(() => 'hang')

    const error = await failing(api.get('/api', {timeoutMs: 50, retryForMs: 0}))

    expect(error).toMatchObject({code: 'timeout', message: containing('did not answer in time')})
  })

  it('stops at once when it is cancelled', async () => {
    const {api} = await start(() => 'hang')
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 30)

    expect(await failing(api.get('/api', {signal: controller.signal}))).toMatchObject({code: 'cancelled'})
  })

  it('does not talk to a server that another CA vouches for, and does not try again', async () => {
    const server = await fakeApi(() => ({json: {}}))
    const api = kubeClient({...server.endpoint, trust: {ca: (await authority()).certPem}}, server.forward)
    open.push(server, api)

    const error = await failing(api.get('/api'))

    expect(error).toMatchObject({code: 'connect', message: containing('is not trusted')})
    expect(server.asked).toHaveLength(0)
  })

  it('gives any answer as it is when asked raw', async () => {
    const {api} = await start(() => ({status: 429, text: 'budget'}))

    expect(await api.raw({method: 'POST', path: '/x', body: {}})).toEqual({status: 429, text: 'budget'})
  })

  it('connects to the address in a kubeconfig, as its user', async () => {
    const server = await fakeApi(() => ({json: {kind: 'Node'}}))
    const seen: unknown[] = []
    const {credentials} = server.endpoint
    if (credentials.kind !== 'certificate') throw new Error('the fake has a certificate')
    const text = kubeconfig('https://[fd00::1]:6443', server.ca, credentials)
    const api = clientFromKubeconfig(text, (host, port) => {
      seen.push([host, port])
      return server.forward(host, port)
    })
    open.push(server, api)

    await api.get('/api')

    expect(seen).toEqual([['fd00::1', 6443]])
    expect(server.asked[0]?.clientName).toBe('kubernetes-admin')
  })
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const kubeconfig = (server: string, ca: string, {cert, key}: {cert: string; key: string}): string => `
apiVersion: v1
kind: Config
current-context: kubernetes-admin@kubernetes
clusters:
- {name: kubernetes, cluster: {server: "${server}", certificate-authority-data: ${base64(ca)}}}
contexts:
- {name: kubernetes-admin@kubernetes, context: {cluster: kubernetes, user: kubernetes-admin}}
users:
- {name: kubernetes-admin, user: {client-certificate-data: ${base64(cert)}, client-key-data: ${base64(key)}}}
`
