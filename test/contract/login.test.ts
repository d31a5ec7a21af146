import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {createServer, type AddressInfo} from 'node:net'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {connectSsh, keyFilesOf} from '../../src/remote/ssh/ssh-host.ts'
import {keyNeedsPassphrase} from '../../src/remote/ssh/private-key.ts'
import {startAgent} from './servers/agent.ts'
import {options, target, testLocalMachine} from './local-machine.ts'
import {containing, matching} from './matchers.ts'
import {startInProcess} from './servers/in-process.ts'
import {makeKey, startOpenSsh, type OpenSsh} from './servers/openssh.ts'
import {program} from './program.ts'

let server: OpenSsh
beforeAll(async () => {
  server = await startOpenSsh()
})
afterAll(() => server.stop())

const here = (more: Parameters<typeof target>[1] = {}) => target(server.port, {user: server.user, ...more})

describe('logging in', () => {
  test('takes the key of a keys-only agent', async () => {
    const agent = await startAgent([server.keyFile])
    const localMachine = {...testLocalMachine(), agentSocket: agent.socket}

    const host = await connectSsh(options(here(), {localMachine}))

    expect(await host.read('echo in')).toBe('in\n')
    await host.close()
  })

  test('uses the key file when the agent is gone', async () => {
    const localMachine = {...testLocalMachine(), agentSocket: '/nowhere/agent'}
    const configText = `IdentityFile ${server.keyFile}`

    const host = await connectSsh(options(here(), {localMachine, configText}))

    await host.close()
  })

  test('offers only the named keys of a full agent under IdentitiesOnly', async () => {
    const others = Array.from({length: 7}, (_, i) => makeKey(join(server.dir, `other${String(i)}`)))
    const agent = await startAgent([...others, server.keyFile])
    const localMachine = {...testLocalMachine(), agentSocket: agent.socket}
    const named = join(server.dir, 'named')
    writeFileSync(`${named}.pub`, readFileSync(`${server.keyFile}.pub`))

    const host = await connectSsh(
      options(here(), {localMachine, configText: `IdentitiesOnly yes\nIdentityFile ${named}`}),
    )
    await host.close()
    const crowded = connectSsh(options(here(), {localMachine}))

    await expect(crowded).rejects.toMatchObject({code: 'connect', hint: containing('IdentitiesOnly')})
  })

  test('opens a locked key with its passphrase, and says before connecting that it wants one', async () => {
    const locked = join(server.dir, 'locked')
    execFileSync('cp', [server.keyFile, locked])
    program('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', locked])
    const to = here({keyFile: locked})
    const files = await keyFilesOf(to, testLocalMachine())

    const host = await connectSsh(options(to, {passphrase: 'open sesame'}))

    expect(files.map(f => [f.path, keyNeedsPassphrase(f.text)])).toEqual([[locked, true]])
    await host.close()
    await expect(connectSsh(options(to))).rejects.toMatchObject({
      code: 'connect',
      evidence: containing('encrypted, and no passphrase was given'),
      hint: containing('passphrase'),
    })
    await expect(connectSsh(options(to, {passphrase: 'another one'}))).rejects.toMatchObject({
      evidence: containing('wrong passphrase'),
    })
  })

  test('tells every way that was tried when none was accepted', async () => {
    const wrong = makeKey(join(server.dir, 'wrong'))

    const failing = connectSsh(options(here({keyFile: wrong}), {password: 'guess'}))

    await expect(failing).rejects.toMatchObject({
      code: 'connect',
      host: 'master',
      message: `cannot log in as ${server.user} at 127.0.0.1:${String(server.port)}`,
      evidence: matching(
        /^agent: not available.*\nkey .*wrong \(SHA256:.*\): refused\npassword: not accepted by the server\n[\s\S]*the server accepts: publickey$/,
      ),
    })
  })

  test('names a key file that does not exist', async () => {
    await expect(connectSsh(options(here({keyFile: '~/.ssh/none'})))).rejects.toMatchObject({
      code: 'config',
      message: containing('the key file'),
    })
  })

  test.each([false, true])('takes a password (keyboard-interactive: %s)', async keyboardOnly => {
    const own = await startInProcess({password: 'pa55 word', keyboardOnly})
    const to = target(own.port, {user: 'root'})

    const host = await connectSsh(options(to, {password: 'pa55 word'}))

    expect(await host.read('echo in')).toBe('in\n')
    await host.close()
    await expect(connectSsh(options(to, {password: 'wrong'}))).rejects.toMatchObject({
      evidence: containing(': refused'),
      hint: containing('password'),
    })
    await own.stop()
  })

  test('obeys the ssh config: HostName, User, Port and IdentityFile of a Host block', async () => {
    const configText = `Host box\n  HostName 127.0.0.1\n  Port ${String(server.port)}\n  User ${server.user}\n  IdentityFile ${server.keyFile}\n`

    const host = await connectSsh(options({...here(), address: 'box', port: undefined, user: undefined}, {configText}))

    expect(await host.read('echo in')).toBe('in\n')
    await host.close()
  })
})

describe('what cannot be reached', () => {
  test('tells a refused port', async () => {
    await expect(connectSsh(options(target(1)))).rejects.toMatchObject({
      code: 'connect',
      message: containing('refused the connection'),
      hint: containing('sshd'),
    })
  })

  test('tells a name without an address', async () => {
    await expect(connectSsh(options({...target(22), address: 'no-such-host.invalid'}))).rejects.toMatchObject({
      code: 'connect',
      message: 'cannot resolve no-such-host.invalid',
    })
  })

  test('does not wait without a limit for a server that says nothing', async () => {
    const mute = createServer(() => undefined)
    await new Promise<void>(resolve => mute.listen(0, '127.0.0.1', resolve))
    const {port} = mute.address() as AddressInfo

    await expect(connectSsh(options(target(port), {readyTimeoutMs: 300}))).rejects.toMatchObject({
      code: 'connect',
      message: containing('did not answer in time'),
    })
    mute.close()
  })

  test('tells a port where something else than SSH answers', async () => {
    const web = createServer(socket => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve))
    const {port} = web.address() as AddressInfo

    await expect(connectSsh(options(target(port), {readyTimeoutMs: 2000}))).rejects.toMatchObject({
      code: 'connect',
      message: containing('cannot negotiate an SSH connection'),
    })
    web.close()
  })

  test('stops connecting when the run is cancelled', async () => {
    const mute = createServer(() => undefined)
    await new Promise<void>(resolve => mute.listen(0, '127.0.0.1', resolve))
    const {port} = mute.address() as AddressInfo

    await expect(connectSsh(options(target(port), {signal: AbortSignal.timeout(100)}))).rejects.toMatchObject({
      code: 'cancelled',
    })
    mute.close()
  })
})
