import {randomBytes, type KeyObject} from 'node:crypto'
import {createServer, type Server} from 'node:https'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {connect, type AddressInfo} from 'node:net'
import type {Duplex} from 'node:stream'
import {TLSSocket} from 'node:tls'
import {once} from 'node:events'
import {issueCa, issueLeaf} from '../../src/certs/issue.ts'
import {makeKey, privateKeyPem} from '../../src/certs/keys.ts'
import type {WantedCertificate} from '../../src/domain/certificates.ts'
import type {Clock} from '../../src/domain/clock.ts'
import type {Endpoint, Forward} from '../../src/kube/connection.ts'

/** What a test's API server was asked. */
export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly clientName: string | undefined
}

export type Answer = {readonly status?: number; readonly json?: unknown; readonly text?: string} | 'hang' | 'reset'

export interface FakeApi {
  readonly server: Server
  readonly asked: readonly Asked[]
  readonly forward: Forward
  readonly ca: string
  readonly endpoint: Endpoint
  readonly close: () => Promise<void>
}

const wanted = (commonName: string, isCa: boolean): WantedCertificate => ({
  isCa,
  commonName,
  organisations: [],
  usages: isCa ? [] : ['serverAuth', 'clientAuth'],
  sans: {dns: isCa ? [] : ['kubernetes'], ips: []},
  hours: 1,
})

export interface Authority {
  readonly certPem: string
  readonly key: KeyObject
}

export async function authority(): Promise<Authority> {
  const key = await makeKey('ECDSA-P256')
  return {certPem: issueCa({wanted: wanted('kubernetes', true), key, now: new Date(), random: randomBytes}), key}
}

/** A certificate of this authority, as PEM. */
export async function leaf(ca: Authority, name: string, now = new Date()): Promise<{cert: string; key: string}> {
  const key = await makeKey('ECDSA-P256')
  return {cert: issueLeaf({wanted: wanted(name, false), key, now, random: randomBytes}, ca), key: privateKeyPem(key)}
}

/** A real HTTPS server on loopback with its own CA; `answer` decides what it says. */
export async function fakeApi(
  answer: (asked: Asked) => Answer,
  options: {ca?: Authority; now?: Date} = {},
): Promise<FakeApi> {
  const ca = options.ca ?? (await authority())
  const asked: Asked[] = []
  const identity = await leaf(ca, 'kube-apiserver', options.now)
  const server = createServer(
    {...identity, ca: ca.certPem, requestCert: true, rejectUnauthorized: false},
    (request, response) => {
      void read(request).then(one => {
        asked.push(one)
        respond(answer(one), response)
      })
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = await leaf(ca, 'kubernetes-admin')
  return {
    server,
    asked,
    ca: ca.certPem,
    forward: forwardTo(server),
    endpoint: {
      host: '10.0.0.10',
      port: 6443,
      trust: {ca: ca.certPem},
      credentials: {kind: 'certificate', cert: client.cert, key: client.key},
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A tunnel that ends at this server, whatever address is asked for. */
const forwardTo =
  (server: Server): Forward =>
  () =>
    new Promise<Duplex>((resolve, reject) => {
      const {port} = server.address() as AddressInfo
      const socket = connect(port, '127.0.0.1', () => resolve(socket))
      socket.once('error', reject)
    })

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const peer = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate() : {subject: {CN: ''}}
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
    clientName: Object.keys(peer).length === 0 ? undefined : String(peer.subject.CN),
  }
}

function respond(answer: Answer, response: ServerResponse): void {
  if (answer === 'hang') return
  if (answer === 'reset') {
    response.socket?.destroy()
    return
  }
  response.writeHead(answer.status ?? 200, {'content-type': 'application/json'})
  response.end(answer.text ?? JSON.stringify(answer.json ?? {}))
}

/** A Status object, as the API refuses with. */
export const refusal = (code: number, reason: string, message: string): Answer => ({
  status: code,
  json: {apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message},
})

/** Time that passes only by sleeping. */
export function fakeClock(start = 1_800_000_000_000): Clock & {readonly slept: readonly number[]} {
  let now = start
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    sleep: ms => {
      slept.push(ms)
      now += ms
      return new Promise(resolve => setImmediate(resolve))
    },
  }
}
