import {readFileSync} from 'node:fs'
import {createServer, type AddressInfo, type Server} from 'node:net'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {dialHere, findByHostKey, type KeySearch} from '../../src/remote/host-keys/host-key-scan.ts'
import {newFolder} from './folder.ts'
import {makeKey, startOpenSsh, type OpenSsh} from './servers/openssh.ts'

let server: OpenSsh
let silent: Server
beforeAll(async () => {
  server = await startOpenSsh()
  silent = createServer()
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  silent.close()
  await server.stop()
})

const publicOf = (file: string): Pick<KeySearch, 'key' | 'type'> => {
  const [type = '', blob = ''] = readFileSync(`${file}.pub`, 'utf8').split(' ')
  return {type, key: Buffer.from(blob, 'base64')}
}

/** Where the key is found, when each of these names stands for a port of this machine. */
const search = (key: Pick<KeySearch, 'key' | 'type'>, ports: Readonly<Record<string, number>>) =>
  findByHostKey({
    ...key,
    addresses: Object.keys(ports),
    port: 22,
    dial: address => dialHere('127.0.0.1', ports[address] ?? 0),
    signal: new AbortController().signal,
  })

describe('a machine that is looked for by its host key', () => {
  test('is found among addresses where nothing listens, another key is shown, or nobody speaks', async () => {
    const other = await startOpenSsh()
    const {port} = silent.address() as AddressInfo
    try {
      const found = await search(publicOf(server.hostKeys.ed25519), {
        none: 1,
        other: other.port,
        silent: port,
        wanted: server.port,
      })

      expect(found).toBe('wanted')
    } finally {
      await other.stop()
    }
  })

  test('is not found by a key that it does not have', async () => {
    const other = publicOf(makeKey(join(newFolder('scan'), 'other')))

    expect(await search(other, {wanted: server.port})).toBeUndefined()
  })
})
