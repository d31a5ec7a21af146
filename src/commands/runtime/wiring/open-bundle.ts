import {resolve} from 'node:path'
import {requireComplete} from '../../../bundle/missing.ts'
import {readBundle, verifyBundle} from '../../../bundle/read-bundle.ts'
import type {BundleUse} from '../../../engine/workflows/options.ts'
import type {LocalBundle} from '../../../phases/phase.ts'

/** The bundle a cluster takes its software from, by an absolute path. */
export const openBundle = (dir: string): Promise<LocalBundle> => readBundle(resolve(dir))

/** Refuses a bundle that lacks what these hosts need, or in which a file is missing or altered. */
export async function checkBundle({dir, bundle}: LocalBundle, use: BundleUse, signal: AbortSignal): Promise<void> {
  const {version, imageRepository: repository, network} = use.cluster
  const images = {version, repository, podNetwork: network.plugin.kind}
  // That a host has another architecture is a finding of preflight, told with all others.
  requireComplete(dir, bundle, {roles: use.roles, images, architecture: bundle.architecture})
  await verifyBundle(dir, {signal, sizesOnly: !use.isBrought})
}
