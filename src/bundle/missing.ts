import type {Architecture} from '../domain/architecture.ts'
import {BINARIES, type BinaryName, type Bundle} from '../domain/bundle.ts'
import {KadmError} from '../domain/errors.ts'
import {imagesForRole, type ImageNeeds} from '../domain/images.ts'

export interface BundleNeeds {
  readonly roles: readonly ('control-plane' | 'worker')[]
  readonly images: ImageNeeds
  /** As the hosts report it. */
  readonly architecture: Architecture
  /** Executables that the plan installs; all when left out. */
  readonly binaries?: readonly BinaryName[] | undefined
}

/** Pure: what a plan needs and the bundle has not, each as a name a person knows; empty when it is complete. */
export function missingFor(bundle: Bundle, needs: BundleNeeds): readonly string[] {
  const binaries = new Set(bundle.entries.flatMap(entry => (entry.kind === 'binary' ? [entry.name] : [])))
  const images = new Set(bundle.entries.flatMap(entry => (entry.kind === 'image' ? [entry.ref] : [])))
  const wanted = new Set(needs.roles.flatMap(role => imagesForRole(role, needs.images)))
  const wantedBinaries = needs.binaries ?? Object.keys(BINARIES).filter(isBinaryName)
  return [
    ...wantedBinaries.filter(name => !binaries.has(name)).map(name => `binary ${name}`),
    ...[...wanted].filter(ref => !images.has(ref)).map(ref => `image ${ref}`),
  ]
}

/** Refuses a bundle for another version or architecture, or one that lacks something, naming all of it. */
export function requireComplete(dir: string, bundle: Bundle, needs: BundleNeeds): void {
  const wanted = needs.images.version.text
  if (bundle.kubernetesVersion !== wanted) {
    throw new KadmError('config', `bundle ${dir} is for Kubernetes ${bundle.kubernetesVersion}, not ${wanted}`, {
      hint: `create one with 'kadm bundle create --kubernetes-version ${wanted}', or set kubernetesVersion: ${bundle.kubernetesVersion}`,
    })
  }
  if (bundle.architecture !== needs.architecture) {
    throw new KadmError(
      'config',
      `bundle ${dir} is for ${bundle.architecture} and the hosts are ${needs.architecture}`,
      {
        hint: `create one with 'kadm bundle create' for ${needs.architecture}`,
      },
    )
  }
  const missing = missingFor(bundle, needs)
  if (missing.length === 0) return
  throw new KadmError('config', `bundle ${dir} does not contain ${missing.join(', ')}`, {
    evidence: missing.join('\n'),
    hint: "create it again with 'kadm bundle create' and the same cluster file",
  })
}

const isBinaryName = (name: string): name is BinaryName => Object.hasOwn(BINARIES, name)
