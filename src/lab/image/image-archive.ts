import type {Architecture} from '../../domain/architecture.ts'
import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {stat} from 'node:fs/promises'
import {buffer} from 'node:stream/consumers'
import {pipeline} from 'node:stream/promises'
import {createGzip} from 'node:zlib'
import {tarEnd, tarFile, tarHeader, tarPadding, type TarEntry} from '../../archive/tar.ts'
import {LEVEL, meter} from '../../bundle/stored.ts'

/** What one file, folder or link of a layer is and where its bytes come from. */
export type LayerItem =
  | {readonly kind: 'file'; readonly path: string; readonly source: string}
  | {readonly kind: 'directory'; readonly path: string; readonly mode: number}
  | {readonly kind: 'symlink'; readonly path: string; readonly target: string}

/** A layer that is a tar file already, or that is put together here. */
export type Layer = {readonly tar: string} | {readonly items: readonly LayerItem[]}

export interface ImageDescription {
  /** All names it gets when it is imported. */
  readonly refs: readonly string[]
  readonly architecture: Architecture
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly layers: readonly Layer[]
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Yields a docker archive as `ctr images import` takes it, its layers gzipped as a registry has them: ctr hands each byte of them to
 * containerd over a socket, which is most of what an import costs. Only one of them is held at a time: they go first, and the
 * config, which names the digests of what is in them, after them. Gives the digest of the config.
 */
export async function* imageArchive(image: ImageDescription): AsyncGenerator<Buffer, string> {
  const diffIds: string[] = []
  for (const layer of image.layers) {
    const {gzipped, diffId} = await packed(layer)
    yield* tarFile(layerName(diffId), gzipped)
    diffIds.push(diffId)
  }
  const config = Buffer.from(renderConfig(image, diffIds))
  const digest = createHash('sha256').update(config).digest('hex')
  const layers = diffIds.map(layerName)
  const manifest = Buffer.from(JSON.stringify([{Config: `${digest}.json`, RepoTags: image.refs, Layers: layers}]))
  yield* tarFile(`${digest}.json`, config)
  yield* tarFile('manifest.json', manifest)
  yield tarEnd()
  return `sha256:${digest}`
}

/** containerd locks what it receives by the name of the file, so two imports at a time need different names. */
const layerName = (diffId: string): string => `${diffId.replace('sha256:', '')}.tar.gz`

/** The image's config; its bytes are what its digest is of. */
function renderConfig(image: ImageDescription, diffIds: readonly string[]): string {
  const {entrypoint, command} = image
  return JSON.stringify({
    architecture: image.architecture,
    os: 'linux',
    config: {
      Env: [PATH],
      ...(entrypoint.length > 0 ? {Entrypoint: entrypoint} : {}),
      ...(command.length > 0 ? {Cmd: command} : {}),
    },
    rootfs: {type: 'layers', diff_ids: diffIds},
  })
}

interface Packed {
  readonly gzipped: Buffer
  /** Of what is in it. */
  readonly diffId: string
}

async function packed(layer: Layer): Promise<Packed> {
  const plain = meter()
  const gzipped = await pipeline(layerBytes(layer), plain.pass, createGzip({level: LEVEL, chunkSize: 1 << 18}), buffer)
  return {gzipped, diffId: `sha256:${plain.sha256()}`}
}

async function entryOf(item: LayerItem): Promise<TarEntry> {
  if (item.kind !== 'file') return item
  return {kind: 'file', path: item.path, mode: 0o755, size: (await stat(item.source)).size}
}

async function* layerBytes(layer: Layer): AsyncGenerator<Buffer> {
  if ('tar' in layer) {
    yield* fileBytes(layer.tar)
    return
  }
  for (const item of layer.items) {
    const entry = await entryOf(item)
    yield tarHeader(entry)
    if (item.kind !== 'file' || entry.kind !== 'file') continue
    yield* fileBytes(item.source)
    yield tarPadding(entry.size)
  }
  yield tarEnd()
}

async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, {highWaterMark: 1 << 20})) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('reading a file returned text instead of bytes')
    yield chunk
  }
}
