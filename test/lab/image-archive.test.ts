import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {createWriteStream} from 'node:fs'
import {readFile, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {gunzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {imageArchive, type ImageDescription} from '../../src/lab/image/image-archive.ts'
import {inFolder} from '../bundle/sample.ts'

async function archive(dir: string, image: ImageDescription): Promise<{path: string; digest: string}> {
  const path = join(dir, 'image.tar')
  let digest = ''
  async function* bytes(): AsyncGenerator<Buffer> {
    digest = yield* imageArchive(image)
  }
  await pipeline(bytes(), createWriteStream(path))
  return {path, digest}
}

async function sampleImage(dir: string): Promise<ImageDescription> {
  await writeFile(join(dir, 'program'), 'x'.repeat(1000))
  await writeFile(join(dir, 'base'), 'base')
  execFileSync('tar', ['-C', dir, '-cf', join(dir, 'base.tar'), 'base'])
  const items = [
    {kind: 'file', path: 'usr/local/bin/program', source: join(dir, 'program')},
    {kind: 'symlink', path: 'program-2', target: 'usr/local/bin/program'},
    {kind: 'directory', path: 'uploads', mode: 0o777},
  ] as const
  return {
    refs: ['example.org/program:1', 'example.org/program:2'],
    architecture: 'amd64',
    entrypoint: ['/program'],
    command: ['serve'],
    layers: [{tar: join(dir, 'base.tar')}, {items}],
  }
}

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

describe('imageArchive', () => {
  it('is a tar file whose manifest leads to a config that names each layer by its digest', async () =>
    inFolder(async dir => {
      const {path, digest} = await archive(dir, await sampleImage(dir))
      const extract = (name: string): Buffer => execFileSync('tar', ['-xOf', path, name])

      const [manifest] = JSON.parse(extract('manifest.json').toString()) as [
        {Config: string; RepoTags: string[]; Layers: string[]},
      ]
      const config = extract(manifest.Config)

      // Two imports of archives whose layers have the same name wait for each other.
      expect(manifest.Layers).toEqual(
        manifest.Layers.map(name => `${sha256(gunzipSync(extract(name))).replace('sha256:', '')}.tar.gz`),
      )
      expect(manifest.RepoTags).toEqual(['example.org/program:1', 'example.org/program:2'])
      expect(sha256(config)).toBe(digest)
      expect(manifest.Config).toBe(`${digest.replace('sha256:', '')}.json`)
      expect(JSON.parse(config.toString())).toMatchObject({
        os: 'linux',
        config: {Entrypoint: ['/program'], Cmd: ['serve']},
        rootfs: {type: 'layers', diff_ids: manifest.Layers.map(layer => sha256(gunzipSync(extract(layer))))},
      })
    }))

  it('puts files in as executables of root, with links and folders', async () =>
    inFolder(async dir => {
      const {path} = await archive(dir, await sampleImage(dir))
      const names = execFileSync('tar', ['-tf', path]).toString().split('\n')
      const layers = names.filter(name => name.endsWith('.tar.gz'))
      const last = execFileSync('tar', ['-xOf', path, layers.at(-1) ?? ''])
      await writeFile(join(dir, 'layer.tar'), gunzipSync(last))

      const listing = execFileSync('tar', ['-tvf', join(dir, 'layer.tar')], {
        env: {...process.env, TZ: 'UTC'},
      }).toString()

      expect(listing.replaceAll(/ +/g, ' ').trim().split('\n')).toEqual([
        '-rwxr-xr-x 0/0 1000 1970-01-01 00:00 usr/local/bin/program',
        'lrwxrwxrwx 0/0 0 1970-01-01 00:00 program-2 -> usr/local/bin/program',
        'drwxrwxrwx 0/0 0 1970-01-01 00:00 uploads/',
      ])
    }))

  it('gives the same bytes for the same content, whenever it is made', async () =>
    inFolder(async dir => {
      const image = await sampleImage(dir)
      const first = await readFile((await archive(dir, image)).path)
      await utimes(join(dir, 'program'), 1, 1)

      const second = await readFile((await archive(dir, image)).path)

      expect(second.equals(first)).toBe(true)
    }))
})
