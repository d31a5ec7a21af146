import {Readable} from 'node:stream'
import {afterEach, describe, expect, test} from 'vitest'
import {parseTarget} from '../../src/config/rules/target.ts'
import type {Host} from '../../src/remote/host.ts'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {options, target} from './local-machine.ts'
import {containing} from './matchers.ts'
import {fakeSudo} from './servers/fake-sudo.ts'
import {startInProcess} from './servers/in-process.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A machine where the login user is `ubuntu` and sudo is as `may` says. */
async function machine(
  may: 'free' | 'password' | 'tty' | 'none' | 'some',
  sudoPassword?: string,
): Promise<{host: Host; calls: () => string}> {
  const {path, calls} = fakeSudo()
  const server = await startInProcess({path, env: {KADM_SUDO: may, KADM_SUDO_PASSWORD: 'right one'}})
  const host = await connectSsh(options(target(server.port, {user: 'ubuntu', keyFile: server.keyFile}), {sudoPassword}))
  opened.push(server.stop, () => host.close())
  return {host, calls}
}

describe('becoming root', () => {
  test('uses sudo without a password where that is allowed, and hears nothing of what sudo says itself', async () => {
    const {host, calls} = await machine('free')

    expect(await host.run('echo out; echo err >&2')).toEqual({code: 0, stdout: 'out\n', stderr: 'err\n'})

    expect(calls()).toMatch(/^-n timeout /)
  })

  test.each(['alice@corp.example', 'CORP\\alice'])('logs in and becomes root as %s', async user => {
    const {path, calls} = fakeSudo()
    const server = await startInProcess({path, env: {KADM_SUDO: 'free'}})
    opened.push(server.stop)
    const {port, keyFile} = server
    const to = {...parseTarget(`${user}@127.0.0.1:${String(port)}`), keyFile}

    const host = await connectSsh(options(to))

    expect(await host.read('echo in')).toBe('in\n')
    expect(calls()).toMatch(/^-n timeout /)
    await host.close()
  })

  test('tells a user who may run some programs only, whom no password would help', async () => {
    const {host} = await machine('some')

    await expect(host.run('echo hello')).rejects.toMatchObject({
      code: 'connect',
      message: 'ubuntu can run some programs with sudo, but not those that kadm needs',
      evidence: containing('/usr/bin/apt'),
    })
  })

  test('does not use sudo for what the login user does', async () => {
    const {host, calls} = await machine('none')

    expect(await host.read('echo hello', {asLoginUser: true})).toBe('hello\n')

    expect(calls()).toBe('')
  })

  test('gives the sudo password on stdin and never as an argument', async () => {
    const {host, calls} = await machine('password', 'right one')

    expect(await host.read('cat; echo first')).toBe('first\n')
    expect((await host.pipe(Readable.from(['content']), 'cat')).stdout).toBe('content')

    expect(calls()).not.toContain('right one')
    expect(calls().split('\n')[0]).toBe('-k -S -p  true')
  })

  test('keeps an unread sudo password out of the script when sudo asks for none', async () => {
    const {host} = await machine('free', 'right one')

    expect(await host.read('cat; echo first')).toBe('first\n')
  })

  test('tells a wrong sudo password, having tried it once only', async () => {
    const {host, calls} = await machine('password', 'wrong one')
    const failed = {code: 'connect', host: 'master', message: 'the sudo password of ubuntu is wrong'}

    await expect(host.run('echo hello')).rejects.toMatchObject(failed)
    await expect(host.run('echo hello')).rejects.toMatchObject(failed)

    expect(calls().trim().split('\n')).toHaveLength(1)
  })

  test('tells that sudo wants a password nobody gave', async () => {
    const {host} = await machine('password')

    await expect(host.run('echo hello')).rejects.toMatchObject({
      code: 'connect',
      message: 'sudo requires a password from ubuntu',
      hint: containing('NOPASSWD'),
    })
  })

  test('tells a user without the right to become root', async () => {
    const {host} = await machine('none')

    await expect(host.run('echo hello')).rejects.toMatchObject({message: 'ubuntu is not allowed to become root'})
  })

  test('tells a sudo that insists on a terminal', async () => {
    const {host} = await machine('tty', 'right one')

    await expect(host.run('echo hello')).rejects.toMatchObject({message: containing('requiretty')})
  })

  test('never shows the sudo password in an error', async () => {
    const {host} = await machine('password', 'right one')

    const failing = host.read('echo "the right one is here" >&2; exit 1')

    await expect(failing).rejects.toMatchObject({
      message: 'the command failed with exit code 1: the [secret] is here',
      evidence: 'the [secret] is here\n',
    })
  })
})
