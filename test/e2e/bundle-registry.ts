import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {mkdir, mkdtemp, readFile, rm, stat} from 'node:fs/promises'
import type {ServerResponse} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {readBundle} from '../../src/bundle/read-bundle.ts'

export interface BundleRegistry {
  readonly answer: (path: string, response: ServerResponse) => void
  readonly close: () => Promise<void>
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

interface Blob {
  readonly digest: string
  readonly size: number
  readonly file: string
}

/** A registry that has the images of a bundle, whichever registry it stands for. */
export async function bundleRegistry(bundleDir: string): Promise<BundleRegistry> {
  const home = await mkdtemp(join(tmpdir(), 'kadm-registry-'))
  const {bundle, dir} = await readBundle(bundleDir)
  const blobs = new Map<string, Blob>()
  const manifests = new Map<string, Buffer>()
  for (const entry of bundle.entries) {
    if (entry.kind !== 'image') continue
    const folder = join(home, entry.sha256)
    // Two names may have one archive.
    await mkdir(folder, {recursive: true})
    const {status, stderr} = spawnSync('tar', ['-xzf', join(dir, entry.path), '-C', folder], {encoding: 'utf8'})
    if (status !== 0) throw new Error(`tar: ${stderr}`)
    const manifest = await manifestOf(folder, blobs)
    const [, name = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(entry.ref) ?? []
    for (const key of [tag, digestOf(manifest)]) manifests.set(`/v2/${name}/manifests/${key}`, manifest)
  }
  return {
    answer: (asked, response) => {
      const [path = ''] = asked.split('?')
      const blob = path.includes('/blobs/') ? blobs.get(path.split('/').at(-1) ?? '') : undefined
      const manifest = manifests.get(path)
      if (manifest !== undefined)
        response
          .writeHead(200, {
            'content-length': String(manifest.length),
            'content-type': MANIFEST,
            'docker-content-digest': digestOf(manifest),
          })
          .end(manifest)
      else if (blob !== undefined) {
        response.writeHead(200, {'content-length': String(blob.size), 'content-type': 'application/octet-stream'})
        createReadStream(blob.file).pipe(response)
      } else response.writeHead(path === '/v2/' ? 200 : 404).end()
    },
    close: () => rm(home, {recursive: true, force: true}),
  }
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** The manifest of an unpacked docker archive, whose parts become blobs. */
async function manifestOf(folder: string, blobs: Map<string, Blob>): Promise<Buffer> {
  const [image] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as readonly {
    readonly Config: string
    readonly Layers: readonly string[]
  }[]
  if (image === undefined) throw new Error(`${folder} holds no image`)
  const part = async (name: string, mediaType: string) => {
    const file = join(folder, name)
    const [bytes, {size}] = await Promise.all([readFile(file), stat(file)])
    const digest = digestOf(bytes)
    blobs.set(digest, {digest, size, file})
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b
    return {mediaType: isZipped ? `${mediaType}+gzip` : mediaType, digest, size}
  }
  const config = await part(image.Config, 'application/vnd.oci.image.config.v1+json')
  const layers = []
  for (const layer of image.Layers) layers.push(await part(layer, 'application/vnd.oci.image.layer.v1.tar'))
  return Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: MANIFEST, config, layers}))
}
