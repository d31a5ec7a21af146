import {once} from 'node:events'
import {connect, createServer, type AddressInfo, type Socket} from 'node:net'
import {Duplex} from 'node:stream'
import {afterEach, describe, expect, it} from 'vitest'
import {kubeClient} from '../../src/kube/client.ts'
import {openTls, type Endpoint, type Forward} from '../../src/kube/connection.ts'
import {etcdGateway} from '../../src/kube/etcd/gateway.ts'
import {timelyForward} from '../../src/remote/timely-forward.ts'

const open: {readonly close: () => Promise<void>}[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const ENDPOINT: Endpoint = {host: '10.0.0.1', port: 6443, trust: 'unverified', credentials: {kind: 'anonymous'}}

/** A listener whose queue is full: the stream never opens. */
const neverOpens = (): Promise<Forward> => Promise.resolve(() => new Promise(() => undefined))

/** A process that accepts connections and never reads, such as one that is stopped. */
async function neverReads(): Promise<Forward> {
  const sockets: Socket[] = []
  const server = createServer(socket => sockets.push(socket.pause())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  })
  const {port} = server.address() as AddressInfo
  return async () => {
    const socket = connect({host: '127.0.0.1', port})
    await once(socket, 'connect')
    return socket
  }
}

describe.each([
  ['whose port does not open', neverOpens],
  ['that never reads', neverReads],
])('a server %s', (_, serve) => {
  it('does not keep a request of the API for longer than its limit', async () => {
    const api = kubeClient(ENDPOINT, await serve())
    open.push(api)

    await expect(api.get('/readyz', {timeoutMs: 100, retryForMs: 0})).rejects.toMatchObject({
      code: 'timeout',
      message: 'could not read /readyz: the API server at 10.0.0.1:6443 did not answer in time',
    })
  })

  it('ends a request of the API at once when the run is cancelled', async () => {
    const api = kubeClient(ENDPOINT, await serve())
    open.push(api)
    const stop = new AbortController()
    const asked = expect(api.get('/readyz', {signal: stop.signal})).rejects.toMatchObject({code: 'cancelled'})
    stop.abort()

    await asked
  })

  it('does not keep a request of etcd for longer than its limit', async () => {
    const gateway = etcdGateway(
      {name: 'cp-1', host: '10.0.0.1', port: 2379, forward: await serve()},
      {ca: '', cert: '', key: ''},
    )
    open.push(gateway)

    await expect(
      gateway.call({path: 'maintenance/status', body: {}, doing: 'read the status of etcd', timeoutMs: 100}),
    ).rejects.toMatchObject({message: 'could not read the status of etcd: etcd on cp-1 did not answer within 0.1 s'})
  })
})

it('a TLS handshake that gets no answer is a connection that was not established', async () => {
  await expect(openTls(ENDPOINT, await neverReads(), 100)).rejects.toMatchObject({
    name: 'NotConnected',
    cause: {code: 'ETIMEDOUT'},
  })
})

describe('a stream through a machine', () => {
  const TARGET = {host: 'master', to: '127.0.0.1:6443'}

  it('that does not open in time is reported as silent', async () => {
    await expect(timelyForward(new Promise(() => undefined), TARGET, 50)).rejects.toMatchObject({
      code: 'connect',
      host: 'master',
      message: '127.0.0.1:6443 does not answer from this host',
      evidence: 'no connection within 0.05 s',
    })
  })

  it('that opens too late is closed', async () => {
    const late = Promise.withResolvers<Duplex>()
    await expect(timelyForward(late.promise, TARGET, 1)).rejects.toMatchObject({code: 'connect'})
    const stream = new Duplex({read: () => undefined})
    late.resolve(stream)

    await once(stream, 'close')
  })
})
