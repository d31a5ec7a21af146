import {once} from 'node:events'
import {createServer as createHttpServer, type Server as HttpServer} from 'node:http'
import {connect, createServer, type AddressInfo, type Server} from 'node:net'
import {afterEach, describe, expect, test} from 'vitest'
import {KadmError} from '../../../src/domain/errors.ts'
import type {Host} from '../../../src/remote/host.ts'
import {endpointHealthy, endpointHealthyOperation} from '../../../src/resources/cluster/endpoint-healthy.ts'
import {fakeApi} from '../../kube/fake-api.ts'
import {operationContext} from './operation-context.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()))
})

const component = (scheme: 'http' | 'https') =>
  endpointHealthy({
    component: 'scheduler',
    scheme,
    address: '127.0.0.1',
    port: 10259,
    path: '/livez',
    deadlineMs: 5000,
    why: 'a test needs it',
  })

/** A way to a real server on loopback, whatever address is asked for. */
async function wayTo(server: Server | HttpServer): Promise<Host['forward']> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(
    () =>
      new Promise(resolve => {
        server.close(resolve)
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  )
  return async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
}

const answering = (status: () => number): HttpServer =>
  createHttpServer((request, response) => {
    response.writeHead(request.url === '/livez' ? status() : 404).end('x'.repeat(100))
  })

describe('a component', () => {
  test('that answers 200 is healthy', async () => {
    const forward = await wayTo(answering(() => 200))

    expect(await endpointHealthyOperation.look(component('http'), operationContext({forward}))).toBeUndefined()
  })

  test('that answers anything else is not, and the answer is reported', async () => {
    const forward = await wayTo(answering(() => 500))

    expect(await endpointHealthyOperation.look(component('http'), operationContext({forward}))).toBe(
      'not healthy yet: HTTP 500',
    )
  })

  test('is asked over TLS whoever signed its certificate', async () => {
    const api = await fakeApi(({url}) => ({status: url === '/livez' ? 200 : 404}))
    closers.push(api.close)

    const {forward} = api
    expect(await endpointHealthyOperation.look(component('https'), operationContext({forward}))).toBeUndefined()
  })

  test.each(['http', 'https'] as const)('that hangs up is not healthy, and nothing is thrown (%s)', async scheme => {
    const forward = await wayTo(createServer(socket => socket.destroy()))

    expect(await endpointHealthyOperation.look(component(scheme), operationContext({forward}))).toMatch(
      /^not healthy yet: \S/,
    )
  })

  test('that does not speak TLS where it should is not healthy', async () => {
    const forward = await wayTo(answering(() => 200))

    expect(await endpointHealthyOperation.look(component('https'), operationContext({forward}))).toMatch(
      /^not healthy yet: \S/,
    )
  })

  test('is waited for until it is healthy, which is not a change', async () => {
    let asked = 0
    const forward = await wayTo(answering(() => (++asked < 3 ? 503 : 200)))
    const context = operationContext({forward})

    expect(await endpointHealthyOperation.act(component('http'), context)).toBe('unchanged')

    expect(asked).toBe(3)
    expect(context.told).toStrictEqual(['waiting for scheduler: HTTP 503'])
  })

  test('whose static pod the kubelet does not start yet gets one restart of the kubelet', async () => {
    const scripts: string[] = []
    const forward = await wayTo(answering(() => (context.clock.now() - began > 60_000 ? 200 : 503)))
    const run: Host['run'] = script => {
      scripts.push(script)
      return Promise.resolve({code: 0, stdout: scripts.length === 1 ? '' : 'kube-scheduler\n', stderr: ''})
    }
    const context = operationContext({forward, run})
    const began = context.clock.now()
    const waited = {...component('http'), deadlineMs: 90_000, staticPods: ['kube-scheduler']}

    expect(await endpointHealthyOperation.act(waited, context)).toBe('unchanged')

    expect(scripts).toHaveLength(2)
    expect(scripts[0]).toContain('set -- kube-scheduler')
    expect(context.told).toContain(
      'waiting for scheduler: restarted the kubelet, which waited before it started kube-scheduler again',
    )
  })

  test.each([
    [
      'a ban on forwarding',
      new KadmError('no-forwarding', 'the SSH server does not allow forwarding to 127.0.0.1:10259'),
    ],
    ['a bug', new TypeError('x is undefined')],
  ])('that %s keeps from being asked is not waited for', async (_, error) => {
    const context = operationContext({forward: () => Promise.reject(error)})
    const began = context.clock.now()

    await expect(endpointHealthyOperation.look(component('http'), context)).rejects.toBe(error)
    await expect(endpointHealthyOperation.act(component('http'), context)).rejects.toBe(error)
    expect(context.clock.now()).toBe(began)
  })

  test('that cannot be asked because the machine is lost is waited for, and that is reported', async () => {
    const lost = new KadmError('host-lost', 'the connection was lost', {host: 'vm-1'})
    const up = await wayTo(answering(() => 200))
    let tries = 0
    const forward: Host['forward'] = (...to) => (++tries < 3 ? Promise.reject(lost) : up(...to))
    const context = operationContext({forward})

    expect(await endpointHealthyOperation.act(component('http'), context)).toBe('unchanged')
    expect(context.told).toStrictEqual(['waiting for scheduler: vm-1: the connection was lost; trying to reconnect'])
  })

  test.each(['http', 'https'] as const)(
    'is not unhealthy because the machine is lost while it is asked (%s)',
    async scheme => {
      const lost = new KadmError('host-lost', 'the connection was lost', {host: 'vm-1'})
      const way = await wayTo(createServer(socket => void socket.resume()))
      const forward: Host['forward'] = async (...to) => {
        const stream = await way(...to)
        setTimeout(() => stream.emit('error', lost), 50)
        return stream
      }

      await expect(endpointHealthyOperation.look(component(scheme), operationContext({forward}))).rejects.toBe(lost)
    },
  )
})
