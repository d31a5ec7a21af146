import {tarEnd, tarFile, tarHeader, tarPadding} from '../archive/tar.ts'
import {blobOf, type Descriptor, type Registry, type RegistryImage} from './registry.ts'

export interface PulledImage {
  readonly ref: string
  /** All names it gets when it is imported. */
  readonly names: readonly string[]
  readonly image: RegistryImage
}

/** Yields an image from a registry as an archive that `ctr images import` takes, its digests as they were; nothing is held but a chunk. */
export async function* ociArchive(registry: Registry, {ref, names, image}: PulledImage): AsyncGenerator<Buffer> {
  yield* tarFile('oci-layout', Buffer.from(JSON.stringify({imageLayoutVersion: '1.0.0'})))
  const manifests = names.map(name => ({
    ...image.manifest,
    annotations: {'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.replace(/^.*:/, '')},
  }))
  yield* tarFile('index.json', Buffer.from(JSON.stringify({schemaVersion: 2, manifests})))
  yield* tarFile(pathOf(image.manifest), image.manifestBytes)
  const blobs = new Map([image.config, ...image.layers].map(blob => [blob.digest, blob]))
  for (const blob of blobs.values()) {
    yield tarHeader({kind: 'file', path: pathOf(blob), mode: 0o644, size: blob.size})
    yield* blobOf(registry, ref, blob)
    yield tarPadding(blob.size)
  }
  yield tarEnd()
}

const pathOf = (blob: Descriptor): string => `blobs/${blob.digest.replace(':', '/')}`
