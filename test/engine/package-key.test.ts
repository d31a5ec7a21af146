import {createServer} from 'node:http'
import {once} from 'node:events'
import {describe, expect, test} from 'vitest'
import type {PackageRepository} from '../../src/domain/repository.ts'
import {readPackageKey, type KeyReading} from '../../src/engine/sources/package-key.ts'

const NEVER = new AbortController().signal
const FOLDER = 'https://pkgs.example.org/deb/'
const web = (url = `${FOLDER}Release.key`): PackageRepository => ({
  url: FOLDER,
  key: {kind: 'web', url},
  fingerprint: 'AB'.repeat(20),
})
const reading = (changes: Partial<KeyReading>): KeyReading => ({
  fetch: () => Promise.reject(new Error('nothing is fetched in this test')),
  readFile: () => Promise.reject(new Error('no such file')),
  signal: NEVER,
  ...changes,
})

describe('the key of a package repository', () => {
  test('is fetched from beside the packages', async () => {
    const asked: string[] = []
    const fetch = (url: string): Promise<Response> => {
      asked.push(url)
      return Promise.resolve(new Response('the key'))
    }

    expect(await readPackageKey(web(), reading({fetch}))).toBe('the key')
    expect(asked).toEqual([`${FOLDER}Release.key`])
  })

  test('is read from the file that was named, without the web', async () => {
    const repository: PackageRepository = {...web(), key: {kind: 'file', path: 'mirror.asc'}}

    expect(await readPackageKey(repository, reading({readFile: path => Promise.resolve(`of ${path}`)}))).toBe(
      'of mirror.asc',
    )
    await expect(readPackageKey(repository, reading({}))).rejects.toMatchObject({
      code: 'config',
      message: 'cannot read the key of the package repository: mirror.asc',
      evidence: 'no such file',
    })
  })

  test.each([
    [
      'there is no internet',
      () => Promise.reject(new TypeError('fetch failed', {cause: new Error('getaddrinfo ENOTFOUND')})),
    ],
    ['there is no such file', () => Promise.resolve(new Response('', {status: 404, statusText: 'Not Found'}))],
    ['something endless comes', () => Promise.resolve(new Response('x'.repeat(300_000)))],
  ])('that does not come, since %s, names the repository and the way without the internet', async (_, fetch) => {
    await expect(readPackageKey(web(), reading({fetch}))).rejects.toMatchObject({
      code: 'connect',
      message: `cannot download the key of the package repository ${FOLDER}`,
      evidence: expect.stringContaining(`${FOLDER}Release.key: `) as unknown,
      hint: expect.stringMatching(/--bundle FOLDER.*kadm bundle create/) as unknown,
    })
  })

  test('is not waited for without an end', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const place = server.address()
      const url = `http://127.0.0.1:${typeof place === 'object' && place !== null ? String(place.port) : ''}/Release.key`

      await expect(readPackageKey(web(url), reading({fetch, timeoutMs: 200}))).rejects.toMatchObject({code: 'connect'})
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
