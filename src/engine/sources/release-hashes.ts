import {runtimeComesBy, RUNTIME_PHASE} from '../../phases/host/packages.ts'
import {hasRelease, releasesFor} from '../../phases/shared/runtime-release.ts'
import type {Session} from '../workflows/session.ts'
import type {WorkflowOptions} from '../workflows/options.ts'

/**
 * Requests the hashes of all files that hosts must download, so that an unverifiable file is reported before
 * any host is changed.
 */
export async function askReleaseHashes(
  {bundle, steps, readReleaseHash}: Pick<WorkflowOptions, 'bundle' | 'steps' | 'readReleaseHash'>,
  {candidates, cluster}: Pick<Session, 'candidates' | 'cluster'>,
): Promise<void> {
  if (!steps.some(({path}) => path === RUNTIME_PHASE)) return
  const wanted = candidates.flatMap(({gathered: {facts}}) => {
    const releases = releasesFor({cluster, facts})
    return runtimeComesBy({bundle, facts, cluster}) === 'upstream' && !hasRelease(facts, releases) ? releases : []
  })
  const unknown = new Map(wanted.flatMap(one => (one.sha256 === undefined ? [[one.file, one] as const] : [])))
  await Promise.all([...unknown.values()].map(({checksumUrl, file}) => readReleaseHash(checksumUrl, file)))
}
