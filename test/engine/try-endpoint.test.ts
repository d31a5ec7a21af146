import {once} from 'node:events'
import {createServer, connect, type AddressInfo} from 'node:net'
import {Duplex} from 'node:stream'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {tryEndpoint} from '../../src/engine/hosts/try-endpoint.ts'
import type {Host} from '../../src/remote/host.ts'
import {authority, fakeApi, type FakeApi} from '../kube/fake-api.ts'

const unused = (): Promise<never> => Promise.reject(new Error('not used here'))
const hostThat = (forward: Host['forward']): Host => ({
  name: 'm',
  run: unused,
  read: unused,
  pipe: unused,
  close: unused,
  forward,
})
const ENDPOINT = {host: 'lb.example.com', port: 443}
const failing = (code: KadmError['code'], details: {evidence?: string; cause?: Error}): Host =>
  hostThat(() => Promise.reject(new KadmError(code, 'lb.example.com:443 does not answer from this host', details)))

describe('a server at the endpoint', () => {
  let api: FakeApi
  beforeAll(async () => {
    api = await fakeApi(() => ({text: 'ok'}))
  })
  afterAll(() => api.close())

  test('is known by the CA that signed its certificate', async () => {
    const host = hostThat(api.forward)
    const other = await authority()
    const server = {kind: 'server', subject: expect.stringContaining('CN=kube-apiserver') as unknown}

    expect(await tryEndpoint(host, ENDPOINT, api.ca)).toEqual({...server, isOfCluster: true})
    expect(await tryEndpoint(host, ENDPOINT, other.certPem)).toEqual({...server, isOfCluster: false})
    expect(await tryEndpoint(host, ENDPOINT, other.certPem + api.ca)).toEqual({...server, isOfCluster: true})
    expect(await tryEndpoint(host, ENDPOINT, undefined)).toEqual({...server, isOfCluster: undefined})
  })

  test('that closes the connection is a load balancer without a server behind it', async () => {
    const server = createServer(socket => socket.destroy())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const {port} = server.address() as AddressInfo

    expect(
      await tryEndpoint(
        hostThat(() => Promise.resolve(connect(port, '127.0.0.1'))),
        ENDPOINT,
        api.ca,
      ),
    ).toEqual({
      kind: 'closed',
    })
    server.close()
  })
})

describe('no server at the endpoint', () => {
  test.each([
    ['(SSH) Channel open failure: Name or service not known', 'unknown-name'],
    ['(SSH) Channel open failure: Temporary failure in name resolution', 'silent'],
    ['(SSH) Channel open failure: Connection refused', 'refused'],
    ['(SSH) Channel open failure: Connection timed out', 'silent'],
    ['(SSH) Channel open failure: No route to host', 'silent'],
  ])('as an SSH server says: %s', async (evidence, kind) => {
    expect(await tryEndpoint(failing('connect', {evidence}), ENDPOINT, undefined)).toEqual({kind})
  })

  test.each([
    ['getaddrinfo ENOTFOUND lb.example.com', 'unknown-name'],
    ['connect ECONNREFUSED 10.0.0.1:443', 'refused'],
  ])('as Node says on this machine: %s', async (message, kind) => {
    expect(await tryEndpoint(failing('connect', {cause: new Error(message)}), ENDPOINT, undefined)).toEqual({kind})
  })

  test('is not known where the SSH server forwards nothing', async () => {
    expect(await tryEndpoint(failing('no-forwarding', {}), ENDPOINT, undefined)).toBeUndefined()
  })

  test('is not what a lost machine or a mistake of kadm shows', async () => {
    await expect(tryEndpoint(failing('host-lost', {}), ENDPOINT, undefined)).rejects.toMatchObject({code: 'host-lost'})
    await expect(tryEndpoint(hostThat(unused), ENDPOINT, undefined)).rejects.toThrow('not used here')
  })

  test('is decided within seconds, although nothing answers', {timeout: 10_000}, async () => {
    const stream = new Duplex({read: () => undefined, write: (_, __, done) => done()})

    expect(
      await tryEndpoint(
        hostThat(() => Promise.resolve(stream)),
        ENDPOINT,
        undefined,
      ),
    ).toEqual({kind: 'silent'})
    expect(stream.destroyed).toBe(true)
  })
})
