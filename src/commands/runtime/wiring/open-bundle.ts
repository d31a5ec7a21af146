import {resolve} from 'node:path'
import {requireComplete} from '../../../bundle/missing.ts'
import {imageNeeds} from '../../../domain/images.ts'
import {readBundle, verifyBundle} from '../../../bundle/read-bundle.ts'
import type {BundleUse} from '../../../engine/workflows/options.ts'
import type {LocalBundle} from '../../../phases/phase.ts'

/** The absolute path of the bundle that provides the software of a cluster. */
export const openBundle = (dir: string): Promise<LocalBundle> => readBundle(resolve(dir))

/** Rejects a bundle that lacks files for these hosts, or that has a missing or modified file. */
export async function checkBundle({dir, bundle}: LocalBundle, use: BundleUse, signal: AbortSignal): Promise<void> {
  const images = imageNeeds(use.cluster)
  // Preflight reports a host with another architecture.
  requireComplete(dir, bundle, {roles: use.roles, images, architecture: bundle.architecture})
  await verifyBundle(dir, {signal, sizesOnly: !use.isBrought})
}
