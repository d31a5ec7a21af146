import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {stat} from 'node:fs/promises'
import {tarEnd, tarHeader, tarPadding, tarSize, type TarEntry} from '../bundle/tar.ts'

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
  readonly architecture: 'amd64' | 'arm64'
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly layers: readonly Layer[]
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Yields a docker archive as `ctr images import` takes it. Nothing is held but the chunk at hand: the layers go first, and the
 * config, which names their digests, after them. Gives the digest of the config.
 */
export async function* imageArchive(image: ImageDescription): AsyncGenerator<Buffer, string> {
  const diffIds: string[] = []
  for (const [i, layer] of image.layers.entries()) {
    const size = await layerSize(layer)
    yield tarHeader({kind: 'file', path: layerName(i), mode: 0o644, size})
    const hash = createHash('sha256')
    for await (const chunk of layerBytes(layer)) {
      hash.update(chunk)
      yield chunk
    }
    yield tarPadding(size)
    diffIds.push(`sha256:${hash.digest('hex')}`)
  }
  const config = Buffer.from(renderConfig(image, diffIds))
  const digest = createHash('sha256').update(config).digest('hex')
  const layers = image.layers.map((_, i) => layerName(i))
  const manifest = Buffer.from(JSON.stringify([{Config: `${digest}.json`, RepoTags: image.refs, Layers: layers}]))
  yield* wholeFile(`${digest}.json`, config)
  yield* wholeFile('manifest.json', manifest)
  yield tarEnd()
  return `sha256:${digest}`
}

const layerName = (i: number): string => `layer-${String(i)}.tar`

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

function* wholeFile(path: string, content: Buffer): Generator<Buffer> {
  yield tarHeader({kind: 'file', path, mode: 0o644, size: content.length})
  yield content
  yield tarPadding(content.length)
}

async function layerSize(layer: Layer): Promise<number> {
  if ('tar' in layer) return (await stat(layer.tar)).size
  const entries = await Promise.all(layer.items.map(entryOf))
  return entries.reduce((sum, entry) => sum + tarSize(entry), 0) + tarEnd().length
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
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a file gave text instead of bytes')
    yield chunk
  }
}
