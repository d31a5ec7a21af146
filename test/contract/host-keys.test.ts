import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {HostKeyQuestion} from '../../src/remote/host-keys/host-key-check.ts'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {options, target, testLocalMachine} from './local-machine.ts'
import {containing} from './matchers.ts'
import {makeKey, startOpenSsh, type OpenSsh} from './servers/openssh.ts'
import {program} from './program.ts'

let server: OpenSsh
beforeAll(async () => {
  server = await startOpenSsh()
})
afterAll(() => server.stop())

const here = (more: Parameters<typeof target>[1] = {}) =>
  target(server.port, {user: server.user, keyFile: server.keyFile, ...more})
const closed = {acceptNew: false, ask: undefined}
const fingerprintOf = (key: string): string => program('ssh-keygen', ['-lf', `${key}.pub`]).split(' ')[1] ?? ''
const publicOf = (key: string): string => readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
const name = (): string => `[127.0.0.1]:${String(server.port)}`

/** A laptop whose known_hosts has these lines. */
const knowing = (...lines: readonly string[]) => {
  const localMachine = testLocalMachine()
  mkdirSync(join(localMachine.home, '.ssh'))
  const file = join(localMachine.home, '.ssh/known_hosts')
  writeFileSync(file, lines.map(line => `${line}\n`).join(''))
  return {localMachine, file}
}

describe('host keys', () => {
  test('refuses an unknown key, showing it, when nobody accepts it', async () => {
    await expect(connectSsh(options(here(), {hostKeys: closed}))).rejects.toMatchObject({
      code: 'connect',
      message: 'the host key of 127.0.0.1 is not known',
      hint: containing('--accept-new-host-keys'),
      evidence: containing(fingerprintOf(server.hostKeys.ed25519)),
    })
  })

  test('remembers a key that was accepted, in a file only its owner can read, and knows it the next time', async () => {
    const localMachine = testLocalMachine()

    await (await connectSsh(options(here(), {localMachine}))).close()

    const file = join(localMachine.home, '.ssh/known_hosts')
    expect(readFileSync(file, 'utf8')).toBe(`${name()} ${publicOf(server.hostKeys.ed25519)}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await (await connectSsh(options(here(), {localMachine, hostKeys: closed}))).close()
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2)
  })

  test('asks a person with the fingerprint, and waits for the answer longer than for a machine', async () => {
    const asked: HostKeyQuestion[] = []
    const ask = async (question: HostKeyQuestion): Promise<boolean> => {
      asked.push(question)
      await new Promise(resolve => setTimeout(resolve, 2500))
      return true
    }

    await (await connectSsh(options(here(), {readyTimeoutMs: 2000, hostKeys: {acceptNew: false, ask}}))).close()

    expect(asked).toMatchObject([
      {host: 'master', type: 'ssh-ed25519', fingerprint: fingerprintOf(server.hostKeys.ed25519)},
    ])
  })

  test('stops at a changed key, showing both and the way out, whatever may be accepted', async () => {
    const old = makeKey(join(server.dir, 'old'))
    const {localMachine, file} = knowing(`${name()} ${publicOf(old)}`)

    await expect(connectSsh(options(here(), {localMachine}))).rejects.toMatchObject({
      code: 'connect',
      message: containing('has changed'),
      hint: containing(`ssh-keygen -R '${name()}' -f ${file}`),
      evidence: `known:    ssh-ed25519 ${fingerprintOf(old)} (${file}:1)\nreceived: ssh-ed25519 ${fingerprintOf(server.hostKeys.ed25519)}`,
    })
  })

  test('does what its hint says: after ssh-keygen -R the new key is accepted', async () => {
    const {localMachine, file} = knowing(`${name()} ${publicOf(makeKey(join(server.dir, 'older')))}`)

    program('ssh-keygen', ['-R', name(), '-f', file], {stdio: 'ignore'})

    await (await connectSsh(options(here(), {localMachine}))).close()
  })

  test('asks the server for the type of key it knows', async () => {
    const {localMachine} = knowing(`${name()} ${publicOf(server.hostKeys.rsa)}`)

    await (await connectSsh(options(here(), {localMachine, hostKeys: closed}))).close()
  })

  test('knows a hashed name', async () => {
    const {localMachine, file} = knowing(`${name()} ${publicOf(server.hostKeys.ed25519)}`)
    program('ssh-keygen', ['-H', '-f', file], {stdio: 'ignore'})

    await (await connectSsh(options(here(), {localMachine, hostKeys: closed}))).close()
  })

  test('does not take a machine that lost its known key for a new one', async () => {
    const only = await startOpenSsh([`HostKey ${server.hostKeys.rsa}`])
    const to = target(only.port, {user: only.user, keyFile: only.keyFile})
    const {localMachine} = knowing(`[127.0.0.1]:${String(only.port)} ${publicOf(server.hostKeys.ed25519)}`)

    await expect(connectSsh(options(to, {localMachine}))).rejects.toMatchObject({
      message: containing('which the machine no longer uses'),
    })
    await only.stop()
  })

  test('refuses a revoked key', async () => {
    const {localMachine} = knowing(`@revoked * ${publicOf(server.hostKeys.ed25519)}`)

    await expect(connectSsh(options(here(), {localMachine}))).rejects.toMatchObject({message: containing('revoked')})
  })

  test.each(['ed25519', 'rsa'] as const)('believes a pinned %s key and nothing on file', async type => {
    const {localMachine} = knowing(`${name()} ${publicOf(makeKey(join(server.dir, `stale-${type}`)))}`)
    const hostKey = fingerprintOf(server.hostKeys[type])

    await (await connectSsh(options(here({hostKey}), {localMachine, hostKeys: closed}))).close()
  })

  test('stops at a key that is not the pinned one', async () => {
    const hostKey = fingerprintOf(server.keyFile)

    await expect(connectSsh(options(here({hostKey})))).rejects.toMatchObject({
      code: 'connect',
      message: 'the host key of 127.0.0.1 does not match hostKey',
      evidence: `expected: ${hostKey}\nreceived: ssh-ed25519 ${fingerprintOf(server.hostKeys.ed25519)}`,
    })
  })
})
