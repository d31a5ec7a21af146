import {createBundle} from '../../bundle/create-bundle.ts'
import {internet} from '../../bundle/internet.ts'
import {releaseFiles} from '../../bundle/releases.ts'
import {imagesForRole} from '../../domain/images.ts'
import {DEFAULT_REPOSITORY} from '../../domain/releases.ts'
import type {KubernetesVersion} from '../../domain/version.ts'
import {exists} from './cache.ts'
import type {BuildPlace} from './go-build.ts'
import {withLock} from '../state/lock.ts'

const PROBE_MS = 2_000

/** Whether the official releases of this version can be downloaded from here; asked once and briefly. */
export async function canDownload(version: KubernetesVersion, place: BuildPlace): Promise<boolean> {
  const [kubelet] = releaseFiles(version, place.architecture)
  if (kubelet === undefined) return false
  const answer = await fetch(kubelet.checksumUrl, {signal: AbortSignal.timeout(PROBE_MS)}).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok === true
}

/** Fills the folder from official releases, once, however many runs want it. */
export async function downloadBundle(
  dir: string,
  version: KubernetesVersion,
  place: BuildPlace,
  onItem: (item: string) => void,
): Promise<void> {
  const images = imagesForRole('control-plane', {
    version,
    repository: DEFAULT_REPOSITORY,
    podNetwork: 'flannel',
    hasLocalBalancer: true,
  })
  const downloads = internet(place.signal)
  await withLock(
    `${dir}.lock`,
    async () => {
      if (await exists(dir)) return
      await createBundle(dir, {version, architecture: place.architecture, images, downloads, onItem})
    },
    place,
  )
}
