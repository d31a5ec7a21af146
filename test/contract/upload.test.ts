import {createHash, randomBytes} from 'node:crypto'
import {existsSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {userInfo} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Host} from '../../src/remote/host.ts'
import {localHost} from '../../src/remote/local-host.ts'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {missingOnHost, uploadFile, type UploadRequest} from '../../src/remote/shell/upload.ts'
import {options, target} from './local-machine.ts'
import {startOpenSsh} from './servers/openssh.ts'
import {newFolder} from './folder.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const bytes = randomBytes(3_000_000)
const folder = (): string => newFolder('upload')

const hosts = {
  'this machine': () =>
    Promise.resolve({
      host: localHost({name: 'here', user: userInfo().username, isRoot: true, env: process.env}),
      stop: () => Promise.resolve(),
    }),
  'a machine behind sshd': async () => {
    const server = await startOpenSsh()
    return {
      host: await connectSsh(options(target(server.port, {user: server.user, keyFile: server.keyFile}))),
      stop: server.stop,
    }
  },
}

describe.each(Object.entries(hosts))('a file for %s', (_, open) => {
  let host: Host
  let stop: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    host = opened.host
    stop = opened.stop
  })
  afterAll(async () => {
    await host.close()
    await stop()
  })

  const upload = (more: Partial<UploadRequest> = {}): UploadRequest => ({
    source: Readable.from([bytes]),
    sha256: sha256(bytes),
    size: bytes.length,
    target: join(folder(), "new dir/it's"),
    mode: '0640',
    ...more,
  })

  test('arrives whole, with its mode, in a new folder, telling how far it is', async () => {
    const path = join(folder(), 'source')
    writeFileSync(path, bytes)
    const seen: number[] = []
    const wanted = upload({source: path, onProgress: sent => seen.push(sent)})

    await uploadFile(host, wanted)

    expect(readFileSync(wanted.target).equals(bytes)).toBe(true)
    expect(statSync(wanted.target).mode & 0o777).toBe(0o640)
    expect(seen.at(-1)).toBe(bytes.length)
    expect(readdirSync(join(wanted.target, '..'))).toHaveLength(1)
  })

  test('that was altered is refused, and what was there before stays', async () => {
    const wanted = upload()
    await uploadFile(host, wanted)

    const altered = uploadFile(host, {
      ...wanted,
      source: Readable.from(['other']),
      sha256: sha256(Buffer.from('wanted')),
    })

    await expect(altered).rejects.toMatchObject({code: 'config'})
    expect(readFileSync(wanted.target).equals(bytes)).toBe(true)
    expect(readdirSync(join(wanted.target, '..'))).toHaveLength(1)
  })

  test('that has lost its end is refused before anything is sent', async () => {
    const path = join(folder(), 'source')
    writeFileSync(path, bytes.subarray(1))
    const wanted = upload({source: path})

    await expect(uploadFile(host, wanted)).rejects.toMatchObject({
      code: 'config',
      evidence: `bytes expected: ${String(bytes.length)}\nbytes found:    ${String(bytes.length - 1)}`,
    })
    expect(existsSync(join(wanted.target, '..'))).toBe(false)
  })

  test('leaves nothing behind when it is cancelled', async () => {
    const cancel = new AbortController()
    const slow = Readable.from(
      (async function* () {
        yield bytes
        cancel.abort()
        await new Promise(resolve => setTimeout(resolve, 200))
        yield bytes
      })(),
    )
    const dir = folder()

    const cancelled = uploadFile(host, upload({source: slow, target: join(dir, 'x'), signal: cancel.signal}))

    await expect(cancelled).rejects.toMatchObject({code: 'cancelled'})
    expect(readdirSync(dir)).toEqual([])
  })

  test('that cannot be written is reported', async () => {
    await expect(uploadFile(host, upload({target: '/proc/kadm'}))).rejects.toMatchObject({
      code: 'remote',
      host: host.name,
    })
  })

  test('is among the missing ones unless its hash is there', async () => {
    const [here, other] = [upload(), upload()]
    await uploadFile(host, here)
    await uploadFile(host, other)
    const files = [
      {path: here.target, sha256: here.sha256},
      {path: other.target, sha256: sha256(Buffer.from('x'))},
      {path: '/nowhere', sha256: here.sha256},
    ]

    expect(await missingOnHost(host, files)).toEqual(files.slice(1))
    expect(await missingOnHost(host, [])).toEqual([])
  })
})
