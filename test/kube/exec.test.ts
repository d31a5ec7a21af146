import {createHash} from 'node:crypto'
import type {IncomingMessage} from 'node:http'
import type {Duplex} from 'node:stream'
import {afterEach, describe, expect, it} from 'vitest'
import {kubeClient, type KubeClient} from '../../src/kube/client.ts'
import {exitCode} from '../../src/kube/exec.ts'
import {fakeApi, refusal, type Answer, type FakeApi} from './fake-api.ts'
import {containing} from './matchers.ts'

const open: {close: () => Promise<void>}[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** One unmasked binary message, as a server sends it. */
const message = (channel: number, text: string): Buffer => {
  const body = Buffer.concat([Buffer.from([channel]), Buffer.from(text)])
  const length =
    body.length < 126 ? Buffer.from([body.length]) : Buffer.from([126, body.length >> 8, body.length & 255])
  return Buffer.concat([Buffer.from([0x82]), length, body])
}
const CLOSE = Buffer.from([0x88, 0x02, 0x03, 0xe8])

async function start(
  speak: (socket: Duplex) => void,
  answer: Answer = {},
): Promise<{api: KubeClient; server: FakeApi; urls: string[]}> {
  const server = await fakeApi(({url}) => (url === '/readyz' ? {text: 'ok'} : answer))
  const urls: string[] = []
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    urls.push(request.url ?? '')
    socket.on('end', () => socket.end()).resume()
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    if (answer === 'hang' || answer === 'reset' || (answer.status ?? 0) >= 400) {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
      return
    }
    const protocol = String(request.headers['sec-websocket-protocol']).split(/, ?/)[0] ?? ''
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    )
    speak(socket)
  })
  const api = kubeClient(server.endpoint, server.forward)
  open.push(server, api)
  return {api, server, urls}
}

const pod = {name: 'p', namespace: 'n'}
const success = JSON.stringify({status: 'Success'})
const exit3 = JSON.stringify({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  details: {causes: [{reason: 'ExitCode', message: '3'}]},
})

describe('running a command in a pod', () => {
  it('gives what it wrote on each stream and that it went well', async () => {
    const {api, urls} = await start(socket => {
      const [first, second] = [Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)]
      socket.write(message(1, ''))
      socket.write(Buffer.concat([message(1, 'one '), message(2, 'oops'), message(1, 'x'.repeat(300))]))
      socket.write(Buffer.concat([Buffer.from([0x82, 2, 1]), first, Buffer.from([0x82, 2, 1]), second]))
      socket.write(Buffer.concat([message(3, success), CLOSE]))
    })

    const result = await api.exec(pod, {command: ['/agnhost', 'connect', 'a b&c']})

    expect(result).toEqual({code: 0, stdout: `one ${'x'.repeat(300)}ä`, stderr: 'oops'})
    expect(urls).toEqual([
      '/api/v1/namespaces/n/pods/p/exec?stdout=true&stderr=true&command=%2Fagnhost&command=connect&command=a+b%26c',
    ])
  })

  it('gives the exit code of a command that failed', async () => {
    const {api} = await start(socket => socket.write(Buffer.concat([message(2, 'REFUSED'), message(3, exit3), CLOSE])))

    expect(await api.exec(pod, {command: ['x']})).toEqual({code: 3, stdout: '', stderr: 'REFUSED'})
  })

  it('says why it was refused', async () => {
    const {api} = await start(() => undefined, refusal(403, 'Forbidden', 'pods "p" is forbidden'))

    await expect(api.exec(pod, {command: ['x']})).rejects.toMatchObject({
      code: 'remote',
      reason: 'Forbidden',
      message: 'could not run x in pod p: pods "p" is forbidden',
    })
  })

  it('says that a command could not be started', async () => {
    const status = JSON.stringify({kind: 'Status', status: 'Failure', reason: 'InternalError', message: 'no such file'})
    const {api} = await start(socket => socket.write(Buffer.concat([message(3, status), CLOSE])))

    await expect(api.exec(pod, {command: ['x']})).rejects.toMatchObject({
      message: 'could not run x in pod p: no such file',
    })
  })

  it('does not take a broken stream for an end', async () => {
    const {api} = await start(socket => socket.end(message(1, 'half')))

    await expect(api.exec(pod, {command: ['x']})).rejects.toMatchObject({
      code: 'connect',
      message: containing('the stream ended before the command did'),
    })
  })

  it('gives up a command that does not end', async () => {
    const {api} = await start(socket => socket.write(message(1, 'tick')))

    await expect(api.exec(pod, {command: ['x'], timeoutMs: 1_500})).rejects.toMatchObject({
      code: 'timeout',
      evidence: 'tick',
    })
  })

  it('stops when it is cancelled', async () => {
    const {api} = await start(() => undefined)

    await expect(api.exec(pod, {command: ['x'], signal: AbortSignal.timeout(50)})).rejects.toMatchObject({
      code: 'cancelled',
    })
  })
})

describe('the status that ends a command', () => {
  it('is 0, a code, or no code at all', () => {
    expect([success, exit3, '{"status":"Failure","reason":"InternalError"}'].map(exitCode)).toEqual([0, 3, undefined])
  })
})
