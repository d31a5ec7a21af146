import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, readFileSync} from 'node:fs'
import {appendFile, readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {gunzipSync, gzipSync} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {copyBundle, createBundle, type BundleOrder} from '../../src/bundle/create-bundle.ts'
import {missingFor} from '../../src/bundle/missing.ts'
import {verifyBundle} from '../../src/bundle/read-bundle.ts'
import {checksumIn} from '../../src/bundle/releases.ts'
import {KadmError} from '../../src/domain/errors.ts'
import {AGNHOST_IMAGE, AGNHOST_NEXT_IMAGE} from '../../src/domain/releases.ts'
import {publisher, wantedImages, type Publisher} from './publisher.ts'
import {imageNeeds, inFolder, sampleBundle} from './sample.ts'

describe('createBundle', () => {
  let web: Publisher
  beforeEach(async () => {
    web = await publisher()
  })
  afterEach(() => web.close())

  const order = (): BundleOrder => ({
    version: imageNeeds.version,
    architecture: 'amd64',
    images: wantedImages,
    downloads: web.downloads,
  })
  const pathOf = (end: string): string => [...web.content.keys()].find(key => key.endsWith(end)) ?? ''

  it('makes a folder that is whole and complete out of what the projects publish', async () =>
    inFolder(async dir => {
      const items: string[] = []

      const {bundle} = await createBundle(join(dir, 'bundle'), {...order(), onItem: item => items.push(item)})

      expect(await verifyBundle(join(dir, 'bundle'))).toEqual({dir: join(dir, 'bundle'), bundle})
      expect(
        missingFor(bundle, {roles: ['control-plane', 'worker'], images: imageNeeds, architecture: 'amd64'}),
      ).toEqual([])
      expect(items.length).toBe(6 + wantedImages.length - 1)
      for (const entry of bundle.entries.filter(one => one.kind === 'binary')) {
        expect(gunzipSync(readFileSync(join(dir, 'bundle', entry.path))).toString()).toBe(entry.name)
      }
    }))

  it('keeps an image as its registry has it, in an archive with its name', async () =>
    inFolder(async dir => {
      const {bundle} = await createBundle(join(dir, 'bundle'), order())
      const entry = bundle.entries.find(one => one.kind === 'image' && one.ref.includes('/pause:'))
      if (entry?.kind !== 'image') throw new Error('no pause image')

      const read = (path: string): string =>
        execFileSync('tar', ['-xzOf', join(dir, 'bundle', entry.path), path]).toString()
      const index = JSON.parse(read('index.json')) as {
        manifests: {digest: string; annotations: Record<string, string>}[]
      }
      const manifest = read(`blobs/${index.manifests[0]?.digest.replace(':', '/') ?? ''}`)

      expect(index.manifests.map(one => one.annotations['io.containerd.image.name'])).toEqual([entry.ref])
      expect(`sha256:${createHash('sha256').update(manifest).digest('hex')}`).toBe(index.manifests[0]?.digest)
      expect(manifest).toContain(entry.configDigest)
      expect(read(`blobs/${entry.configDigest.replace(':', '/')}`)).toBe(`config of ${entry.ref}`)
    }))

  it('gives the test image its second name, which no registry has', async () =>
    inFolder(async dir => {
      const {bundle} = await createBundle(join(dir, 'bundle'), order())
      const paths = bundle.entries.flatMap(one =>
        one.kind === 'image' && one.ref.includes('agnhost') ? [[one.ref, one.path]] : [],
      )

      expect(paths.map(([ref]) => ref)).toEqual([AGNHOST_IMAGE, AGNHOST_NEXT_IMAGE])
      expect(new Set(paths.map(([, path]) => path)).size).toBe(1)
      expect(web.asked.filter(url => url.includes('2.63.0-b'))).toEqual([])
    }))

  it.each([
    ['an executable that was altered on the way', '/kubelet', 'kubelet does not match the hash from its publisher'],
    ['an archive that was altered on the way', '.tgz', 'does not match the hash from its publisher'],
  ])('refuses %s and leaves no bundle', async (_, end, words) =>
    inFolder(async dir => {
      const path = pathOf(end)
      const bytes = Buffer.from(web.content.get(path) ?? '')
      // The last bytes of gzip are a length that gunzip checks as well: the altered one is in the header's time.
      bytes[4] = (bytes[4] ?? 0) ^ 1
      web.content.set(path, bytes)

      const failure: unknown = await createBundle(join(dir, 'bundle'), order()).catch((error: unknown) => error)

      expect(failure).toBeInstanceOf(KadmError)
      expect((failure as KadmError).message).toContain(words)
      expect(await readdir(dir)).toEqual([])
    }),
  )

  it.each([
    ['incomplete', (bytes: Buffer) => bytes.subarray(0, 1000), 'is an incomplete tar archive'],
    ['of another kind', () => Buffer.alloc(1024, 'x'), 'is not a tar archive'],
  ])('names the address of an archive that was published %s', async (_, change, words) =>
    inFolder(async dir => {
      const path = pathOf('.tgz')
      const bytes = gzipSync(change(gunzipSync(web.content.get(path) ?? '')))
      web.content.set(path, bytes)
      web.content.set(`${path}.sha256`, Buffer.from(createHash('sha256').update(bytes).digest('hex')))

      await expect(createBundle(join(dir, 'bundle'), order())).rejects.toMatchObject({
        code: 'connect',
        message: expect.stringMatching(`^http.*\\.tgz ${words}$`) as string,
      })
    }),
  )

  it('refuses a layer that was altered on the way', async () =>
    inFolder(async dir => {
      const digest = createHash('sha256').update(`layer of ${AGNHOST_IMAGE}`).digest('hex')
      web.content.set(`/storage/sha256:${digest}`, Buffer.from(`lAyer of ${AGNHOST_IMAGE}`))

      await expect(createBundle(join(dir, 'bundle'), order())).rejects.toThrow(
        'does not match the hash from its publisher',
      )
      expect(existsSync(join(dir, 'bundle'))).toBe(false)
    }))

  it('names the address of what does not exist', async () =>
    inFolder(async dir => {
      web.content.delete(pathOf('/kubectl'))

      const failure: unknown = await createBundle(join(dir, 'bundle'), order()).catch((error: unknown) => error)

      expect(failure).toMatchObject({code: 'connect', evidence: '404 Not Found'})
      expect((failure as KadmError).message).toMatch(/^cannot download http.*\/bin\/linux\/amd64\/kubectl$/)
    }))

  it('tries again when a server stumbles', async () =>
    inFolder(async dir => {
      let stumbles = 2
      const fetchOnce: Publisher['downloads']['fetch'] = (url, init) => {
        if (url.endsWith('/kubelet') && stumbles > 0) {
          stumbles -= 1
          return Promise.resolve(new Response('', {status: 503}))
        }
        return fetch(url, init)
      }

      await createBundle(join(dir, 'bundle'), {...order(), downloads: {...web.downloads, fetch: fetchOnce}})

      expect(stumbles).toBe(0)
    }))

  it('writes over nothing', async () =>
    inFolder(async dir => {
      await expect(createBundle(dir, order())).rejects.toThrow('already exists')
    }))
})

describe('copyBundle', () => {
  it('gives a folder that is whole by itself', async () =>
    inFolder(async dir => {
      const bundle = await sampleBundle(join(dir, 'from'))

      await copyBundle(join(dir, 'from'), join(dir, 'to'))

      expect((await verifyBundle(join(dir, 'to'))).bundle).toEqual(bundle)
    }))

  it('refuses to copy what is altered', async () =>
    inFolder(async dir => {
      await sampleBundle(join(dir, 'from'))
      await appendFile(join(dir, 'from', 'binaries/runc.gz'), 'x')

      await expect(copyBundle(join(dir, 'from'), join(dir, 'to'))).rejects.toThrow('binaries/runc.gz: modified')
      expect(await readdir(dir)).toEqual(['from'])
    }))
})

describe('checksumIn', () => {
  const hash = 'a'.repeat(64)

  it.each([
    ['a bare hash', `${hash}\n`],
    ['a line with the name', `${hash}  runc.amd64\n`],
    ['a line of a binary file among others', `${'b'.repeat(64)} *runc.arm64\n${hash} *runc.amd64\n`],
  ])('reads %s', (_, text) => {
    expect(checksumIn(text, 'https://x/runc.amd64')).toBe(hash)
  })

  it('does not take the hash of another file', () => {
    expect(checksumIn(`${hash}  runc.arm64\n`, 'https://x/runc.amd64')).toBeUndefined()
  })
})
