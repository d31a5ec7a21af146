import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {options, target, testLocalMachine} from './local-machine.ts'
import {containing} from './matchers.ts'
import {startOpenSsh, type OpenSsh} from './servers/openssh.ts'

const login = (server: OpenSsh) => target(server.port, {user: server.user, keyFile: server.keyFile})
const logins = (server: OpenSsh): number => (server.log().match(/Accepted publickey/g) ?? []).length

/** The same machine, or another one, that listens at another address on the port of the first. */
async function alsoAt(address: string, first: OpenSsh, key: 'same' | 'other'): Promise<OpenSsh> {
  const second = await startOpenSsh([
    `ListenAddress ${address}:${String(first.port)}`,
    ...(key === 'same' ? [`HostKey ${first.hostKeys.ed25519}`] : []),
  ])
  writeFileSync(join(second.dir, 'authorized_keys'), readFileSync(`${first.keyFile}.pub`))
  return second
}

test('a second login is a new connection, also when the first is gone, and accepts only the key that was shown before', async () => {
  const server = await startOpenSsh()
  const localMachine = testLocalMachine()
  const host = await connectSsh(options(login(server), {localMachine}))
  writeFileSync(join(localMachine.home, '.ssh/known_hosts'), '')
  server.cutConnections()

  const reached = await host.renew?.([])

  expect(reached).toEqual({address: '127.0.0.1', hasMoved: false})
  expect(await host.read('echo here')).toBe('here\n')
  expect(logins(server)).toBe(2)
  await host.close()
  await server.stop()
})

test('a machine that moved is found at its new address, and its key is kept for that', async () => {
  const server = await startOpenSsh()
  const moved = await alsoAt('127.0.0.7', server, 'same')
  const localMachine = testLocalMachine()
  const host = await connectSsh(options(login(server), {localMachine}))
  await server.stop()

  const reached = await host.renew?.(['127.0.0.9', '127.0.0.7'])

  expect(reached).toEqual({address: '127.0.0.7', hasMoved: true})
  expect(await host.read('echo moved')).toBe('moved\n')
  expect(readFileSync(join(localMachine.home, '.ssh/known_hosts'), 'utf8')).toContain(
    `[127.0.0.7]:${String(server.port)} `,
  )
  await host.close()
  await moved.stop()
})

test('another machine at the new address is not taken for it', async () => {
  const server = await startOpenSsh()
  const other = await alsoAt('127.0.0.8', server, 'other')
  const host = await connectSsh(options(login(server)))
  await server.stop()

  const renewed = host.renew?.(['127.0.0.8'])

  await expect(renewed).rejects.toMatchObject({code: 'connect', message: containing('refused the connection')})
  expect(logins(other)).toBe(0)
  await host.close()
  await other.stop()
})

test('where it was reached before comes first, even when another address answers too', async () => {
  const server = await startOpenSsh(['ListenAddress 127.0.0.6'])
  const host = await connectSsh(options(login(server)))

  expect(await host.renew?.(['127.0.0.6'])).toEqual({address: '127.0.0.1', hasMoved: false})

  await host.close()
  await server.stop()
})
