import {BINARIES, type BinaryName, type BundleBinary, type BundleImage} from '../../domain/bundle.ts'
import {KadmError} from '../../domain/errors.ts'
import {STAGE_DIR} from '../../domain/paths.ts'
import {binary, type BinaryResource} from '../../resources/programs/binary.ts'
import {
  containerImages,
  type ContainerImagesResource,
  type WantedImage,
} from '../../resources/images/container-images.ts'
import type {LocalBundle} from '../phase.ts'

const missing = (what: string): KadmError =>
  new KadmError('config', `the bundle has no ${what}`, {hint: 'create it again with: kadm bundle create'})

const staged = (local: LocalBundle, {path, sha256, size}: BundleBinary | BundleImage) => {
  const to = `${STAGE_DIR}/${sha256}`
  return {staged: to, upload: {from: `${local.dir}/${path}`, to, sha256, size}}
}

export function binaryFromBundle(local: LocalBundle, name: BinaryName, why: string): BinaryResource {
  const entry = local.bundle.entries.find((e): e is BundleBinary => e.kind === 'binary' && e.name === name)
  if (entry === undefined) throw missing(`binary ${name}`)
  return binary({path: BINARIES[name].path, why, sha256: entry.contentSha256, ...staged(local, entry)})
}

export function imagesFromBundle(
  local: LocalBundle,
  name: string,
  refs: readonly string[],
  why: string,
): ContainerImagesResource {
  const images = refs.map((ref): WantedImage => {
    const entry = local.bundle.entries.find((e): e is BundleImage => e.kind === 'image' && e.ref === ref)
    if (entry === undefined) throw missing(`image ${ref}`)
    return {ref, configDigest: entry.configDigest, ...staged(local, entry)}
  })
  return containerImages({name, why, images})
}
