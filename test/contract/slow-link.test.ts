import {createHash} from 'node:crypto'
import {Readable} from 'node:stream'
import {afterEach, describe, expect, test} from 'vitest'
import type {Host} from '../../src/remote/host.ts'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {megabytes} from './host-contract.ts'
import {options, target} from './local-machine.ts'
import {containing} from './matchers.ts'
import {startOpenSsh} from './servers/openssh.ts'
import {startSlowLink, type Line, type SlowLink} from './servers/slow-link.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A second of silence and the line is dead, so that a megabyte on its way is longer than that. */
const PING_MS = 250

async function over(line: Line): Promise<{host: Host; link: SlowLink}> {
  const server = await startOpenSsh()
  const link = await startSlowLink({host: '127.0.0.1', port: server.port}, line)
  opened.push(server.stop, link.stop)
  const to = target(link.port, {user: server.user, keyFile: server.keyFile})
  const host = await connectSsh(options(to, {pingMs: PING_MS}))
  opened.push(() => host.close())
  return {host, link}
}

describe('over a slow link', () => {
  test('a large stream arrives whole, though no ping is answered until most of it is there', async () => {
    const {host} = await over({bytesPerSecond: 400_000, delayMs: 100})

    const result = await host.pipe(Readable.from(megabytes(3)), 'sha256sum')

    const hash = createHash('sha256')
    for (const block of megabytes(3)) hash.update(block)
    expect(result.stdout).toBe(`${hash.digest('hex')}  -\n`)
  })

  test('many small scripts at once come back, each with its own answer', async () => {
    const {host} = await over({bytesPerSecond: 40_000, delayMs: 100})

    const results = await Promise.all(Array.from({length: 8}, (_, i) => host.read(`echo ${String(i)}`)))

    expect(results).toEqual(Array.from({length: 8}, (_, i) => `${String(i)}\n`))
  })

  test('a script that says nothing for long is waited for', async () => {
    const {host} = await over({bytesPerSecond: 400_000, delayMs: 100})

    expect(await host.read('sleep 3; echo done')).toBe('done\n')
  })

  test('a connection without any traffic is reported as lost', async () => {
    const {host, link} = await over({bytesPerSecond: 400_000, delayMs: 10})
    const running = host.run('sleep 60')

    setTimeout(link.freeze, 300)

    await expect(running).rejects.toMatchObject({
      code: 'host-lost',
      message: containing('was lost: the host stopped responding'),
    })
  })
})
