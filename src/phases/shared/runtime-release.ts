import {architectureOf} from '../../domain/architecture.ts'
import {BINARIES} from '../../domain/bundle.ts'
import {KadmError} from '../../domain/errors.ts'
import {proxyEnvironment} from '../../domain/no-proxy.ts'
import {runtimeReleases, type ReleaseArchive} from '../../domain/runtime-release.ts'
import type {Facts} from '../../domain/facts.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import {release} from '../../resources/programs/release.ts'
import {certificatePackages, kubeletComesBy} from '../host/packages.ts'
import type {PhaseContext} from '../phase.ts'

/**
 * The published files of the runtime for this host; throws `config` when its architecture has
 * none.
 */
export function releasesFor({
  cluster: {source},
  facts,
}: Pick<PhaseContext, 'cluster' | 'facts'>): readonly ReleaseArchive[] {
  const archives = source.kind === 'online' ? source.archives : undefined
  const architecture = architectureOf(facts.kernel.architecture)
  if (architecture === undefined) {
    throw new KadmError(
      'config',
      `no container runtime is available for ${facts.kernel.architecture || 'this machine'}`,
      {
        hint: 'use an amd64 or arm64 machine',
      },
    )
  }
  return runtimeReleases(architecture, archives)
}

/** Whether the host already has exactly this containerd, so that no download is needed. */
export const hasRelease = ({containerd}: Facts, releases: readonly ReleaseArchive[]): boolean =>
  containerd.binary === BINARIES.containerd.path &&
  releases.some(({project, version}) => project === 'containerd' && version === `v${containerd.version ?? ''}`)

/**
 * containerd and runc as their projects publish them. The plugins of the pod network come with the kubelet's package.
 */
export function runtimeFromReleases(context: PhaseContext): readonly AnyResource[] {
  const releases = releasesFor(context)
  const isWeb = releases.some(({url}) => url.startsWith('https:'))
  return [
    ...(isWeb && kubeletComesBy(context) !== 'packages' ? [certificatePackages()] : []),
    ...releases.map(({project, version, file, url, checksumUrl, sha256, holds}) =>
      release({
        name: project,
        why: `${project} ${version}, as its project publishes it`,
        file,
        url,
        checksumUrl,
        sha256,
        environment: proxyEnvironment(context),
        programs:
          'name' in holds
            ? [{member: undefined, path: BINARIES[holds.name].path}]
            : Object.entries(holds.paths).map(([member, name]) => ({member, path: BINARIES[name].path})),
      }),
    ),
  ]
}
