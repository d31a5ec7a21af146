import {createHash} from 'node:crypto'
import {Readable} from 'node:stream'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {tryEndpoint} from '../../src/engine/hosts/try-endpoint.ts'
import {tryForwards} from '../../src/engine/hosts/try-forwards.ts'
import type {Host} from '../../src/remote/host.ts'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {megabytes} from './host-contract.ts'
import {judged, sampleCluster} from '../phases/preflight/sample.ts'
import {options, target} from './local-machine.ts'
import {containing} from './matchers.ts'
import {comes, processesWith} from './processes.ts'
import {startInProcess, type InProcess} from './servers/in-process.ts'
import {startOpenSsh, type OpenSsh} from './servers/openssh.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function machine(...extra: readonly string[]): Promise<{host: Host; server: OpenSsh}> {
  const server = await startOpenSsh(extra)
  opened.push(server.stop)
  const host = await connectSsh(options(target(server.port, {user: server.user, keyFile: server.keyFile})))
  opened.push(() => host.close())
  return {host, server}
}

describe('a real sshd', () => {
  test('is used within its MaxSessions, however many scripts there are', async () => {
    const {host} = await machine('MaxSessions 2')

    const results = await Promise.all(Array.from({length: 12}, (_, i) => host.read(`sleep 0.1; echo ${String(i)}`)))

    expect(results).toEqual(Array.from({length: 12}, (_, i) => `${String(i)}\n`))
  })

  test('that allows no sessions is reported with the setting that allows them', async () => {
    const {host} = await machine('MaxSessions 0')

    await expect(host.run('true')).rejects.toMatchObject({code: 'connect', hint: containing('MaxSessions')})
  })

  test('takes a large stream quickly and with little memory', async () => {
    const {host} = await machine()
    const before = process.memoryUsage().rss
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50)

    const result = await host.pipe(Readable.from(megabytes(200)), 'sha256sum')

    clearInterval(watch)
    const hash = createHash('sha256')
    for (const block of megabytes(200)) hash.update(block)
    expect(result.stdout).toBe(`${hash.digest('hex')}  -\n`)
    expect((most - before) / 1024 / 1024).toBeLessThan(120)
  })

  test('ends at once what runs when the connection is cut, here and there', async () => {
    const {host, server} = await machine()
    const name = `kadm-test-cut-${String(process.pid)}`
    const running = host.run(`sh -c 'while :; do sleep 0.2; done' ${name}`)
    expect(await comes(() => processesWith(name) > 0, 5000)).toBe(true)
    const began = performance.now()

    server.cutConnections()

    await expect(running).rejects.toMatchObject({code: 'host-lost', message: containing('was lost')})
    expect(performance.now() - began).toBeLessThan(2000)
    expect(await comes(() => processesWith(name) === 0, 8000)).toBe(true)
  })

  test('ends what runs when the host is closed', async () => {
    const {host} = await machine()
    const name = `kadm-test-close-${String(process.pid)}`
    const running = host.run(`sh -c 'while :; do sleep 0.2; done' ${name}`)
    const ended = expect(running).rejects.toMatchObject({code: 'connect'})
    expect(await comes(() => processesWith(name) > 0, 5000)).toBe(true)

    await host.close()

    await ended
    expect(await comes(() => processesWith(name) === 0, 8000)).toBe(true)
  })

  test.each([
    ['AllowTcpForwarding no', [true, true, true, true]],
    ['AllowTcpForwarding remote', [true, true, true, true]],
    ['DisableForwarding yes', [true, true, true, true]],
    ['PermitOpen 127.0.0.1:10248 127.0.0.1:10257', [false, false, true, true]],
    ['AllowTcpForwarding local', [false, false, false, false]],
  ])('that says %s is judged by one try of each place', async (line, forbidden) => {
    const {host} = await machine(line)
    const {node} = judged('master', 10, {role: 'control-plane'})

    const tries = await tryForwards(host, {...node, address: '127.0.0.1'}, sampleCluster())

    expect(tries.map(({isForbidden}) => isForbidden)).toEqual(forbidden)
    if (forbidden[3] === true)
      await expect(host.forward('127.0.0.1', 6443)).rejects.toMatchObject({
        code: 'no-forwarding',
        message: 'the SSH server does not allow forwarding to 127.0.0.1:6443',
        hint: containing('AllowTcpForwarding'),
      })
    else await expect(host.forward('127.0.0.1', 1)).rejects.toMatchObject({code: 'connect'})
  })

  test('tells a name that it does not resolve from a port on which nothing listens', async () => {
    const {host} = await machine()
    const {host: closed} = await machine('AllowTcpForwarding no')
    const at = (one: Host, to: string) => tryEndpoint(one, {host: to, port: 1}, undefined)

    expect(await at(host, '127.0.0.1')).toEqual({kind: 'refused'})
    expect(await at(host, 'no-such-name.invalid')).toEqual({kind: 'unknown-name'})
    expect(await at(closed, '127.0.0.1')).toBeUndefined()
  })

  test('whose login shell greets does not mix its words into what scripts say', async () => {
    const {host, server} = await machine('SetEnv ENV=DIR/greeting', 'PermitUserEnvironment no')
    writeFileSync(join(server.dir, 'greeting'), 'echo welcome; echo warning >&2\n')

    expect(await host.run('echo out; echo err >&2')).toEqual({code: 0, stdout: 'out\n', stderr: 'err\n'})
  })

  test('that starts no shell is reported with what it said instead', async () => {
    const {host} = await machine('ForceCommand echo This account is closed.')

    await expect(host.run('true')).rejects.toMatchObject({code: 'connect', evidence: 'This account is closed.'})
  })
})

describe('jump hosts', () => {
  test('are gone through one after the other, each with its own key checked', async () => {
    const [first, second, last] = [await startOpenSsh(), await startOpenSsh(), await startOpenSsh()]
    opened.push(first.stop, second.stop, last.stop)
    const block = (alias: string, s: OpenSsh, more = ''): string =>
      `Host ${alias}\n HostName 127.0.0.1\n Port ${String(s.port)}\n User ${s.user}\n IdentityFile ${s.keyFile}\n${more}\n`
    const configText = [block('one', first), block('two', second), block('three', last, ' ProxyJump one,two')].join('')
    const to = {...target(22), address: 'three', port: undefined}

    const host = await connectSsh(options(to, {configText}))

    expect(await host.read('echo "$SSH_CONNECTION" | cut -d" " -f4')).toBe(`${String(last.port)}\n`)
    for (const hop of [first, second, last]) expect(hop.log()).toContain('Accepted publickey')
    await host.close()
  })

  test('are left when what is behind them is lost, so that nothing keeps kadm from ending', async () => {
    const [jump, last] = [await startInProcess(), await startInProcess()]
    opened.push(jump.stop, last.stop)
    const block = (alias: string, s: InProcess, more = ''): string =>
      `Host ${alias}\n HostName 127.0.0.1\n Port ${String(s.port)}\n User ubuntu\n IdentityFile ${s.keyFile}\n${more}\n`
    const configText = block('bastion', jump) + block('behind', last, ' ProxyJump bastion')
    const host = await connectSsh(options({...target(22), address: 'behind', port: undefined}, {configText}))
    expect(jump.standing()).toBe(1)

    last.cutConnections()
    await expect.poll(jump.standing).toBe(0)
    await host.reach?.()
    expect([jump.standing(), jump.connections()]).toEqual([1, 2])
    last.cutConnections()
    await host.close()
    await expect.poll(jump.standing).toBe(0)
  })

  test('that get no answer from the target are not waited for longer than a login may take', async () => {
    const jump = await startInProcess({forwarding: 'silent'})
    opened.push(jump.stop)
    const configText = `Host bastion\n HostName 127.0.0.1\n Port ${String(jump.port)}\n User ubuntu\n IdentityFile ${jump.keyFile}\n`
    const to = {...target(22), jump: 'bastion'}
    const stop = new AbortController()

    await expect(connectSsh(options(to, {configText, readyTimeoutMs: 500}))).rejects.toMatchObject({
      code: 'connect',
      message: containing('127.0.0.1'),
    })
    const stopped = connectSsh(options(to, {configText, signal: stop.signal}))
    await expect.poll(jump.connections).toBe(2)
    stop.abort()
    await expect(stopped).rejects.toMatchObject({code: 'cancelled'})
    await expect.poll(jump.standing).toBe(0)
  })

  test('that cannot reach the target say so', async () => {
    const server = await startOpenSsh()
    opened.push(server.stop)
    const configText = `Host bastion\n HostName 127.0.0.1\n Port ${String(server.port)}\n User ${server.user}\n IdentityFile ${server.keyFile}\n`

    const failing = connectSsh(options({...target(1), jump: 'bastion'}, {configText}))

    await expect(failing).rejects.toMatchObject({
      code: 'connect',
      message: containing('127.0.0.1:1 does not answer from this host'),
    })
  })
})
