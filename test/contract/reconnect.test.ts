import {once} from 'node:events'
import {createServer, type AddressInfo} from 'node:net'
import {afterEach, expect, test} from 'vitest'
import type {Host} from '../../src/remote/host.ts'
import {realClock} from '../../src/commands/runtime/wiring/clock.ts'
import {kubeClient} from '../../src/kube/client.ts'
import {wayOver} from '../../src/kube/connection.ts'
import {waitFor} from '../../src/kube/wait.ts'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {fakeApi} from '../kube/fake-api.ts'
import {options, target} from './local-machine.ts'
import {containing} from './matchers.ts'
import {startOpenSsh, type OpenSsh} from './servers/openssh.ts'
import {startSlowLink, type SlowLink} from './servers/slow-link.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

const LINE = {bytesPerSecond: 10_000_000, delayMs: 1}

async function machine(pingMs?: number): Promise<{host: Host; link: SlowLink; server: OpenSsh; told: string[]}> {
  const server = await startOpenSsh()
  opened.push(server.stop)
  const link = await startSlowLink({host: '127.0.0.1', port: server.port}, LINE)
  opened.push(link.stop)
  const to = target(link.port, {user: server.user, keyFile: server.keyFile})
  const host = await connectSsh(options(to, pingMs === undefined ? {} : {pingMs}))
  opened.push(() => host.close())
  const told: string[] = []
  host.onLink?.(message => told.push(message))
  return {host, link, server, told}
}

const LOST = {code: 'host-lost', message: containing('was lost: the host stopped responding')}

test('a cut line is reported within 20 s of the cut, whatever is under way on it', {timeout: 40_000}, async () => {
  const {host, link} = await machine()
  const quiet = createServer()
  quiet.listen(0, '127.0.0.1')
  await once(quiet, 'listening')
  opened.push(() => new Promise(resolve => quiet.close(() => resolve())))
  const {port} = quiet.address() as AddressInfo
  const stream = await host.forward('127.0.0.1', port)
  const streamEnds = new Promise<Error>(resolve => stream.once('error', resolve))
  const running = host.run('sleep 60')
  await host.read('true')

  link.freeze()
  const cut = performance.now()
  const late = host.run('true')
  const forward = host.forward('127.0.0.1', port)

  await Promise.all([
    ...[running, late, forward].map(work => expect(work).rejects.toMatchObject(LOST)),
    expect(streamEnds).resolves.toMatchObject(LOST),
  ])
  const seconds = (performance.now() - cut) / 1000
  expect(seconds).toBeGreaterThan(12)
  expect(seconds).toBeLessThan(20)
})

test('a line that stands again is dialled by itself, and what is done then goes over the new connection', async () => {
  const {host, link, server, told} = await machine(100)
  const running = host.run('sleep 60')
  await host.read('true')
  link.freeze()
  await expect(running).rejects.toMatchObject(LOST)

  link.thaw()

  expect(await host.read('echo here')).toBe('here\n')
  expect(told).toEqual([
    'the connection to 127.0.0.1 was lost: the host stopped responding; trying to reconnect',
    'reconnected to 127.0.0.1',
  ])
  expect(server.log().match(/Accepted publickey/g)).toHaveLength(2)
})

test('many who need the machine at once share one new connection', async () => {
  const {host, server} = await machine()
  server.cutConnections()
  await expect(host.run('sleep 1')).rejects.toMatchObject({code: 'host-lost'})

  const all = await Promise.all(Array.from({length: 5}, (_, i) => host.read(`echo ${String(i)}`)))

  expect(all).toEqual(['0\n', '1\n', '2\n', '3\n', '4\n'])
  expect(server.log().match(/Accepted publickey/g)).toHaveLength(2)
})

test('a machine that is off is reported as lost, with what the last attempt met', async () => {
  const {host, server, link} = await machine()
  server.cutConnections()
  await expect(host.run('sleep 1')).rejects.toMatchObject({code: 'host-lost'})
  await link.stop()

  const failed = host.read('true')

  await expect(failed).rejects.toMatchObject({
    code: 'host-lost',
    host: host.name,
    message: containing('reconnecting failed: 127.0.0.1:'),
    hint: containing('run the same command again'),
  })
})

test('a host that was closed is not dialled again', async () => {
  const {host, server} = await machine()

  await host.close()

  await expect(host.run('true')).rejects.toMatchObject({message: 'the connection was closed'})
  expect(server.log().match(/Accepted publickey/g)).toHaveLength(1)
})

test('a wait through the API continues over a new stream when the connection returns, and reports at once that it was lost', async () => {
  const {host, link} = await machine(100)
  let answers = 0
  const server = await fakeApi(() => (++answers < 3 ? 'hang' : {json: {kind: 'Node', metadata: {name: 'n'}}}))
  opened.push(server.close)
  const {port} = server.server.address() as AddressInfo
  const api = kubeClient({...server.endpoint, host: '127.0.0.1', port}, wayOver(host))
  opened.push(api.close)
  const seen: string[] = []
  const waiting = waitFor(
    {what: 'it', deadlineMs: 60_000, intervalMs: 100, clock: realClock, onSeen: message => seen.push(message)},
    async () => ({value: await api.get('/api/v1/nodes/n', {retryForMs: 0})}),
  )
  await expect.poll(() => answers, {timeout: 20_000}).toBe(1)

  link.freeze()
  await expect.poll(() => seen, {timeout: 20_000}).toHaveLength(1)
  answers = 2
  link.thaw()

  expect(await waiting).toMatchObject({metadata: {name: 'n'}})
  expect(seen[0]).toBe(
    `${host.name}: the connection to 127.0.0.1 was lost: the host stopped responding; trying to reconnect`,
  )
})
