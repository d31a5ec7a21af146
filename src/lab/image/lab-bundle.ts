import {createReadStream} from 'node:fs'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {releaseFiles} from '../../bundle/releases.ts'
import {storeGzipped} from '../../bundle/stored.ts'
import {BINARIES, type BinaryName, type Bundle, type BundleBinary, type BundleImage} from '../../domain/bundle.ts'
import type {KubernetesVersion} from '../../domain/version.ts'
import {exists, once} from './cache.ts'
import {canDownload, downloadBundle} from './download-bundle.ts'
import {buildPrograms, isMissing, programFile, requireGo, type BuildPlace} from './go-build.ts'
import {imageArchive, type ImageDescription} from './image-archive.ts'
import {imageDescriptions, type ImageInputs} from './images.ts'
import {buildPause} from '../drivers/pause.ts'
import type {LabSink, Step, Tracker} from '../run/progress.ts'
import {fingerprint, programKey, recipe, type GoModule} from './recipe.ts'
import {requireBuildPrograms} from '../run/requirements.ts'
import {BASE_LAYER, HAPROXY_LAYER, layerFile, layerKey} from './layers.ts'

/** Raised when the way a bundle is put together changes, so that an old one is not taken for a new one. */
const FORMAT = 4

/** What a gigabyte of executables takes to compress on two cores. */
const PACK: Step = {name: 'bundle', seconds: 40}
/** 400 MB over a common line. */
const DOWNLOAD: Step = {name: 'download', seconds: 120}
const PAUSE: Step = {name: 'pause', seconds: 1}
const BASE: Step = {name: 'base-layer', seconds: 10}
const HAPROXY: Step = {name: 'haproxy-layer', seconds: 10}

/** Where a lab's artifacts come from: official releases where they can be reached, else compiled here. */
export type ArtifactSource = 'auto' | 'build' | 'download'

/** The folders in which a whole bundle for this version may be: compiled, and downloaded. */
export const labBundleDirs = (place: BuildPlace, version: KubernetesVersion): readonly [string, string] => [
  builtBundleDir(place, version),
  join(
    place.cache,
    'bundles',
    `${version.text}-${place.architecture}-releases-${fingerprint(FORMAT, releaseFiles(version, place.architecture))}`,
  ),
]

/** What is still to be done for a bundle. */
export interface BundlePlan {
  readonly steps: readonly Step[]
  /** Gives the folder. */
  readonly carryOut: (tracked: Tracker, signal: AbortSignal) => Promise<string>
}

/** How the lab gets the folder with everything that a cluster of this version needs: it is there, or is downloaded, or compiled. */
export async function planBundle(
  place: BuildPlace,
  version: KubernetesVersion,
  report: LabSink,
  source: ArtifactSource = 'auto',
): Promise<BundlePlan> {
  const [built, downloaded] = labBundleDirs(place, version)
  if (source !== 'download' && (await exists(join(built, 'bundle.json')))) return ready(built)
  if (source !== 'build' && (await exists(join(downloaded, 'bundle.json')))) return ready(downloaded)
  if (source === 'build' || (source === 'auto' && !(await canDownload(version, place)))) {
    await requireBuildPrograms(report, place.signal)
    await requireGo()
    return {
      steps: [...(await missingSteps(place, recipe(version))), PAUSE, BASE, HAPROXY, PACK],
      carryOut: (tracked, signal) => buildBundle(built, {...place, signal}, version, tracked),
    }
  }
  return {
    steps: [DOWNLOAD],
    carryOut: async (tracked, signal) => {
      const onItem = (item: string): void => report({type: 'note', message: `downloading ${item}`, at: Date.now()})
      await tracked.step(DOWNLOAD, 'download the official releases', () =>
        downloadBundle(downloaded, version, {...place, signal}, onItem),
      )
      return downloaded
    },
  }
}

const ready = (dir: string): BundlePlan => ({steps: [], carryOut: () => Promise.resolve(dir)})

/** Compiles what is missing, one program after another, and packs it. */
async function buildBundle(
  dir: string,
  place: BuildPlace,
  version: KubernetesVersion,
  tracked: Tracker,
): Promise<string> {
  const modules = recipe(version)
  const pause = await tracked.step(PAUSE, 'build pause', () => buildPause(place))
  const base = await tracked.step(BASE, 'create the base layer of images', () => layerFile(place, BASE_LAYER))
  const haproxy = await tracked.step(HAPROXY, 'create the image of haproxy', () => layerFile(place, HAPROXY_LAYER))
  await buildPrograms(place, modules, tracked)
  const program = (name: string): string => (name === 'pause' ? pause : fileOf(place, modules, name))
  await pack({
    place,
    version,
    modules,
    dir,
    inputs: {architecture: place.architecture, program, base, haproxy},
    tracked,
  })
  return dir
}

/** Where the bundle of this version and recipe is, or will be. */
function builtBundleDir(place: BuildPlace, version: KubernetesVersion): string {
  const keys = recipe(version).flatMap(module =>
    module.programs.map(one => programKey(module, one, place.architecture)),
  )
  const images = imageDescriptions(version, {
    architecture: place.architecture,
    program: name => name,
    base: layerKey(BASE_LAYER, place.architecture),
    haproxy: layerKey(HAPROXY_LAYER, place.architecture),
  })
  return join(place.cache, 'bundles', `${version.text}-${place.architecture}-${fingerprint(FORMAT, keys, images)}`)
}

async function missingSteps(place: BuildPlace, modules: readonly GoModule[]): Promise<readonly Step[]> {
  const all = modules.flatMap(module => module.programs.map(program => ({module, program})))
  const missing = await Promise.all(all.map(({module, program}) => isMissing(place, module, program)))
  return all.filter((_, i) => missing[i]).map(({program}) => program)
}

function fileOf(place: BuildPlace, modules: readonly GoModule[], name: string): string {
  for (const module of modules) {
    const program = module.programs.find(one => one.name === name)
    if (program !== undefined) return programFile(place, module, program)
  }
  throw new Error(`the lab cannot build ${name}`)
}

interface Packing {
  readonly place: BuildPlace
  readonly version: KubernetesVersion
  readonly modules: readonly GoModule[]
  readonly dir: string
  readonly inputs: ImageInputs
  readonly tracked: Tracker
}

async function pack(packing: Packing): Promise<void> {
  const {place, version, dir, inputs, tracked} = packing
  await tracked.step(PACK, 'pack the bundle', () =>
    once(
      dir,
      async target => {
        await mkdir(join(target, 'binaries'))
        await mkdir(join(target, 'images'))
        const names = Object.keys(BINARIES).filter(isBinaryName)
        const half = async (work: readonly (() => Promise<readonly (BundleBinary | BundleImage)[]>)[]) => {
          const entries: (BundleBinary | BundleImage)[] = []
          for (const one of work) entries.push(...(await one()))
          return entries
        }
        const [binaries, images] = await Promise.all([
          half(names.map(name => async () => [await packBinary(packing, target, name)])),
          half(imageDescriptions(version, inputs).map(image => async () => packImage(target, image, place.signal))),
        ])
        const bundle: Bundle = {
          apiVersion: 'kadm/v1',
          kind: 'Bundle',
          kubernetesVersion: version.text,
          architecture: place.architecture,
          entries: [...binaries, ...images],
        }
        await writeFile(join(target, 'bundle.json'), `${JSON.stringify(bundle, undefined, 2)}\n`)
      },
      place,
    ),
  )
}

const isBinaryName = (name: string): name is BinaryName => Object.hasOwn(BINARIES, name)

async function packBinary(packing: Packing, target: string, name: BinaryName): Promise<BundleBinary> {
  const path = `binaries/${name}.gz`
  const source = createReadStream(packing.inputs.program(name), {highWaterMark: 1 << 20})
  const stored = await storeGzipped(source, join(target, path), packing.place.signal)
  const module = packing.modules.find(one => one.programs.some(program => program.name === name))
  return {kind: 'binary', name, version: module?.version ?? '', path, ...stored}
}

/** One archive; each of its names is an entry of its own, with the same file. */
async function packImage(
  target: string,
  image: ImageDescription,
  signal?: AbortSignal,
): Promise<readonly BundleImage[]> {
  const path = `images/${fileName(image)}.tar.gz`
  const archive = imageArchive(image)
  let configDigest = ''
  async function* bytes(): AsyncGenerator<Buffer> {
    configDigest = yield* archive
  }
  const {sha256, size} = await storeGzipped(bytes(), join(target, path), signal)
  return image.refs.map(ref => ({kind: 'image', ref, configDigest, path, sha256, size}))
}

const fileName = (image: ImageDescription): string =>
  (image.refs[0] ?? '').split('/').slice(1).join('_').replace(':', '_')
