import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {storeGzipped} from '../../src/bundle/stored.ts'
import {BINARIES, type BinaryName, type Bundle, type BundleEntry} from '../../src/domain/bundle.ts'
import {imagesForRole, type ImageNeeds} from '../../src/domain/images.ts'
import {supportedVersion} from '../../src/domain/version.ts'

const version = supportedVersion('v1.37.2')
export const imageNeeds: ImageNeeds = {version, repository: 'registry.k8s.io', podNetwork: 'flannel'}

async function* text(content: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(content))
}

/** A small but whole bundle folder: each file holds its own name. */
export async function sampleBundle(dir: string): Promise<Bundle> {
  const store = async (path: string) => {
    await mkdir(dirname(join(dir, path)), {recursive: true})
    return storeGzipped(text(path), join(dir, path))
  }
  const entries: BundleEntry[] = []
  for (const name of Object.keys(BINARIES)) {
    const path = `binaries/${name}.gz`
    entries.push({kind: 'binary', name: name as BinaryName, version: 'v1', path, ...(await store(path))})
  }
  for (const ref of imagesForRole('control-plane', imageNeeds)) {
    const path = `images/${ref.replaceAll(/[/:]/g, '_')}.tar.gz`
    const {sha256, size} = await store(path)
    entries.push({kind: 'image', ref, configDigest: `sha256:${'a'.repeat(64)}`, path, sha256, size})
  }
  const bundle: Bundle = {
    apiVersion: 'kadm/v1',
    kind: 'Bundle',
    kubernetesVersion: version.text,
    architecture: 'amd64',
    entries,
  }
  await writeFile(join(dir, 'bundle.json'), JSON.stringify(bundle))
  return bundle
}

/** Runs a test in a folder that is gone after it. */
export async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'kadm-test-'))
  try {
    return await work(dir)
  } finally {
    await rm(dir, {recursive: true, force: true})
  }
}
