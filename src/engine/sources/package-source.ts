import {repositoryOf, type PackageSource} from '../../domain/repository.ts'
import {kubeletComesBy, PACKAGES_PHASE} from '../../phases/host/packages.ts'
import {refuseOtherKey} from '../../resources/packages/package-repository.ts'
import type {Session} from '../workflows/session.ts'
import type {WorkflowOptions} from '../workflows/options.ts'

/**
 * The package source of the hosts, with its key downloaded and checked before any host is changed; undefined
 * when no host needs it.
 */
export async function packageSourceOf(
  {bundle, steps, readPackageKey}: Pick<WorkflowOptions, 'bundle' | 'steps' | 'readPackageKey'>,
  {candidates, cluster}: Pick<Session, 'candidates' | 'cluster'>,
): Promise<PackageSource | undefined> {
  const isNeeded =
    steps.some(({path}) => path === PACKAGES_PHASE) &&
    candidates.some(({gathered: {facts}}) => kubeletComesBy({bundle, facts}) === 'packages')
  if (!isNeeded) return undefined
  const repository = repositoryOf(cluster)
  const source = {
    url: repository.url,
    key: await readPackageKey(repository),
    keyFingerprint: repository.fingerprint,
  }
  refuseOtherKey(source)
  return source
}
