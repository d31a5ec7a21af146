import type {Architecture} from '../domain/architecture.ts'
import {cp, mkdir, rename, rm, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {createGunzip} from 'node:zlib'
import {tarItems, type TarFault} from '../archive/tar-reader.ts'
import type {BinaryName, Bundle, BundleBinary, BundleImage} from '../domain/bundle.ts'
import {KadmError} from '../domain/errors.ts'
import {isMissing, localFileError} from '../domain/local-file-error.ts'
import {AGNHOST_IMAGE, AGNHOST_NEXT_IMAGE} from '../domain/releases.ts'
import type {KubernetesVersion} from '../domain/version.ts'
import {makeFolder} from '../remote/local/local-files.ts'
import {checked, get, type Web} from './fetching.ts'
import {ociArchive} from './oci-archive.ts'
import {verifyBundle, type OpenBundle} from './read-bundle.ts'
import {resolveImage, type Registry} from './registry.ts'
import {checksumIn, releaseFiles, type Origins, type ReleaseFile} from './releases.ts'
import {storeGzipped} from './stored.ts'

export interface Downloads extends Registry {
  readonly origins: Origins
}

export interface BundleOrder {
  readonly version: KubernetesVersion
  readonly architecture: Architecture
  /** References of all images that it shall hold. */
  readonly images: readonly string[]
  readonly downloads: Downloads
  /** Told before each download. */
  readonly onItem?: ((item: string, done: number, of: number) => void) | undefined
}

/**
 * Downloads the official executables and images of a version into a bundle folder; each is checked against its
 * publisher's hash.
 */
export async function createBundle(dir: string, order: BundleOrder): Promise<OpenBundle> {
  return intoNewFolder(dir, async target => {
    const files = releaseFiles(order.version, order.architecture, order.downloads.origins)
    const images = groupImages(order.images)
    const of = files.length + images.length
    await mkdir(join(target, 'binaries'))
    await mkdir(join(target, 'images'))
    const entries: (BundleBinary | BundleImage)[] = []
    for (const [i, file] of files.entries()) {
      order.onItem?.(file.url, i, of)
      entries.push(...(await storeRelease(target, file, order.downloads)))
    }
    for (const [i, names] of images.entries()) {
      order.onItem?.(names[0] ?? '', files.length + i, of)
      entries.push(...(await storeImage(target, names, order)))
    }
    const {version, architecture} = order
    return {apiVersion: 'kadm/v1', kind: 'Bundle', kubernetesVersion: version.text, architecture, entries}
  })
}

/** Copies a bundle folder whole, for example the lab's; the copy is read and checked before it gets its name. */
export async function copyBundle(from: string, dir: string, signal?: AbortSignal): Promise<OpenBundle> {
  return intoNewFolder(dir, async target => {
    const {bundle} = await verifyBundle(from, {signal})
    for (const path of new Set(bundle.entries.map(entry => entry.path))) {
      signal?.throwIfAborted()
      await makeFolder(dirname(join(target, path)))
      await cp(join(from, path), join(target, path))
    }
    return bundle
  })
}

async function intoNewFolder(dir: string, fill: (target: string) => Promise<Bundle>): Promise<OpenBundle> {
  const isThere = await stat(dir).then(
    () => true,
    (error: unknown) => !isMissing(error),
  )
  if (isThere) throw new KadmError('config', `${dir} already exists`, {hint: 'use a folder that does not exist yet'})
  const target = `${dir}.partial`
  try {
    await rm(target, {recursive: true, force: true})
    await makeFolder(target)
    const bundle = await fill(target)
    await writeFile(join(target, 'bundle.json'), `${JSON.stringify(bundle, undefined, 2)}\n`)
    await verifyBundle(target)
    await rename(target, dir)
    return {dir, bundle}
  } catch (error) {
    await rm(target, {recursive: true, force: true}).catch(() => undefined)
    throw localFileError(error, {doing: 'write', hint: 'use another folder'}) ?? error
  }
}

async function storeRelease(target: string, file: ReleaseFile, web: Web): Promise<readonly BundleBinary[]> {
  const sums = await (await get(web, file.checksumUrl)).text()
  const sha256 = checksumIn(sums, file.url)
  if (sha256 === undefined) throw new KadmError('connect', `${file.checksumUrl} has no sha256 for ${file.url}`)
  const bytes = checked(await get(web, file.url), sha256, file.url)
  const {holds} = file
  const store = async (name: BinaryName, content: AsyncIterable<Buffer>): Promise<BundleBinary> => {
    const path = `binaries/${name}.gz`
    return {
      kind: 'binary',
      name,
      version: file.version,
      path,
      ...(await storeGzipped(content, join(target, path), web.signal)),
    }
  }
  if ('name' in holds) return [await store(holds.name, bytes)]
  const wanted = new Map(Object.entries(holds.paths))
  const stored: BundleBinary[] = []
  await pipeline(bytes, createGunzip(), async (unpacked: AsyncIterable<Buffer>) => {
    for await (const inside of tarItems(unpacked, (fault, cause) => unreadable(file.url, fault, cause))) {
      const path = inside.path.replace(/^\.\//, '')
      const name = inside.isFile ? wanted.get(path) : undefined
      if (name === undefined) continue
      stored.push(await store(name, inside.bytes()))
      wanted.delete(path)
    }
  })
  if (wanted.size === 0) return stored
  throw new KadmError('connect', `${file.url} has no ${[...wanted.keys()].join(', ')}`)
}

const unreadable = (url: string, fault: TarFault, cause: Error): KadmError =>
  new KadmError('connect', `${url} is ${fault === 'incomplete' ? 'an incomplete tar archive' : 'not a tar archive'}`, {
    cause,
  })

/** The test image's second name is ours: no registry has it, so it is given to the first one's. */
const groupImages = (refs: readonly string[]): readonly (readonly string[])[] =>
  refs
    .filter(ref => ref !== AGNHOST_NEXT_IMAGE || !refs.includes(AGNHOST_IMAGE))
    .map(ref => (ref === AGNHOST_IMAGE && refs.includes(AGNHOST_NEXT_IMAGE) ? [ref, AGNHOST_NEXT_IMAGE] : [ref]))

async function storeImage(
  target: string,
  names: readonly string[],
  order: BundleOrder,
): Promise<readonly BundleImage[]> {
  const [ref = ''] = names
  const image = await resolveImage(order.downloads, ref, order.architecture)
  const path = `images/${ref.replace(/^[^/]+\//, '').replaceAll(/[/:]/g, '_')}.tar.gz`
  const archive = ociArchive(order.downloads, {ref, names, image})
  const {sha256, size} = await storeGzipped(archive, join(target, path), order.downloads.signal)
  return names.map(name => ({kind: 'image', ref: name, configDigest: image.config.digest, path, sha256, size}))
}
