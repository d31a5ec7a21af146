import {once} from 'node:events'
import {createServer} from 'node:net'
import {describe, expect, it} from 'vitest'
import {unreachableHosts} from '../../src/commands/runtime/reached-hosts.ts'
import type {HostSpec, Role} from '../../src/domain/cluster.ts'
import {thisMachine} from '../../src/commands/runtime/wiring/this-machine.ts'
import {hostLost, isAway, KadmError} from '../../src/domain/errors.ts'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {fakeHost} from '../engine/fake-host.ts'
import {sampleSpec} from '../phases/preflight/sample.ts'

const spec = (name: string, role: Role): HostSpec => sampleSpec({name, role})
const HOSTS = [spec('cp-1', 'control-plane'), spec('cp-2', 'control-plane'), spec('w', 'worker')]
const off = new KadmError('connect', '10.0.0.2:22 did not answer in time', {isSilent: true})

/** Machines of which some cannot be connected to. */
const among = (failing: Readonly<Record<string, Error>>) =>
  unreachableHosts(
    {hosts: HOSTS},
    {
      connect: ({name = ''}) => {
        const error = failing[name]
        return error === undefined ? Promise.resolve(fakeHost(name)) : Promise.reject(error)
      },
    },
  )

describe('the hosts that a run does without', () => {
  it.each([
    ['none, when all answer', {}, []],
    ['one that is off', {'cp-1': off}, ['cp-1']],
    ['one whose connection was lost at once', {w: hostLost('w', 'the connection was lost')}, ['w']],
    ['several', {'cp-2': off, w: off}, ['cp-2', 'w']],
  ])('are %s', async (_, failing, names) => {
    expect((await among(failing)).map(({spec: {name}}) => name)).toEqual(names)
  })

  it('are never the machines of a wrong login or a changed host key', async () => {
    const key = new KadmError('connect', 'the host key of 10.0.0.2 does not match hostKey')
    await expect(among({w: key, 'cp-1': off})).rejects.toBe(key)
    const bug = new TypeError('x is undefined')
    await expect(among({w: bug})).rejects.toBe(bug)
  })

  it('are never all control planes', async () => {
    await expect(among({'cp-1': off, 'cp-2': off})).rejects.toMatchObject({
      code: 'connect',
      message: expect.stringContaining('no control plane of the file can be reached') as string,
      evidence: expect.stringContaining('cp-2: 10.0.0.2:22 did not answer') as string,
    })
  })
})

/** A port of this machine on which nothing listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

it('a machine that refuses the connection is away, also when its secrets were hidden in the error', async () => {
  const target = {
    address: '127.0.0.1',
    port: await closedPort(),
    user: 'u',
    keyFile: undefined,
    hostKey: undefined,
    jump: undefined,
  }
  const failure: unknown = await connectSsh({
    name: 'w',
    target,
    localMachine: thisMachine(),
    hostKeys: {acceptNew: false, ask: undefined},
    config: [],
    password: 'secret',
  }).catch((error: unknown) => error)

  expect(isAway(failure)).toBe(true)
  expect(failure).toMatchObject({code: 'connect', host: 'w'})
})
