import {KadmError} from '../../domain/errors.ts'
import type {Facts} from '../../domain/facts.ts'
import {packageRepository} from '../../resources/packages/package-repository.ts'
import {packages, type PackagesResource} from '../../resources/packages/packages.ts'
import {releaseRecord} from '../../resources/programs/release.ts'
import {FIREWALL_PHASE} from './firewall.ts'
import type {Phase, PhaseContext} from '../phase.ts'

/** Where the programs of a host come from; `own` programs are already installed, but not by a package or kadm. */
export type Provision = 'bundle' | 'packages' | 'upstream' | 'unmanaged'

/** The facts that decide it; of a bundle, only whether it exists. */
type Deciding = Pick<PhaseContext, 'facts' | 'cluster'> & {readonly bundle: object | undefined}

/** kadm keeps a kubelet that does not come from a package: a package would overwrite it, and no tool could then remove it cleanly. */
export const kubeletComesBy = ({bundle, facts}: Omit<Deciding, 'cluster'>): Provision =>
  bundle === undefined ? (isUnmanaged(facts.kubelet.version, facts, ['kubelet']) ? 'unmanaged' : 'packages') : 'bundle'

/**
 * kadm keeps the installed runtime: kadm's own release, a package, your own program. A bare host gets the project's release unless the
 * file asks for the distribution's, which is older than Kubernetes 1.38 requires (KEP-4033).
 */
export function runtimeComesBy({bundle, facts, cluster}: Deciding): Provision {
  if (bundle !== undefined) return 'bundle'
  if (facts.files[releaseRecord('containerd')] !== undefined) return 'upstream'
  if (RUNTIMES.some(name => facts.packages[name] !== undefined)) return 'packages'
  if (facts.containerd.binary !== undefined) return 'unmanaged'
  return cluster.source.kind === 'online' && cluster.source.runtime === 'distribution' ? 'packages' : 'upstream'
}

/** The names that docker.com and the distributions use. */
const RUNTIMES = ['containerd.io', 'containerd']

const isUnmanaged = (there: string | undefined, facts: Facts, names: readonly string[]): boolean =>
  there !== undefined && names.every(name => facts.packages[name] === undefined)

/**
 * The container runtime: the installed one, else the distribution's. It must not change while containers
 * run.
 */
export const runtimePackages = ({facts}: Pick<PhaseContext, 'facts'>): PackagesResource =>
  packages({
    name: 'runtime',
    why: 'the container runtime with runc; held, so that a system upgrade does not restart it',
    packages: [{name: RUNTIMES.find(name => facts.packages[name] !== undefined) ?? 'containerd', held: true}],
  })

/** kubelet, kubectl and kubeadm of exactly this release; the plugins of the pod network come with the kubelet. */
export const kubernetesPackages = ({cluster}: Pick<PhaseContext, 'cluster'>): PackagesResource =>
  packages({
    name: 'kubernetes',
    why: 'the Kubernetes tools; held, because you must upgrade the control plane before a kubelet',
    packages: ['kubelet', 'kubectl', 'kubeadm'].map(name => ({
      name,
      release: cluster.version.text.replace(/^v/, ''),
      held: true,
    })),
  })

/** Throws when kadm cannot change the installed kubelet to the wanted release. */
export function refuseOtherKubelet({facts, cluster}: PhaseContext): void {
  const {version} = facts.kubelet
  if (version === undefined || version === cluster.version.text) return
  throw new KadmError(
    'config',
    `kubelet ${version} was not installed from a package; kadm cannot change it to ${cluster.version.text}`,
    {
      hint: 'pass a bundle with this version (--bundle FOLDER), or reset the host first',
    },
  )
}

/** The package with the public CAs. */
export const certificatePackages = (): PackagesResource =>
  packages({
    name: 'certificates',
    why: 'needed to trust https servers',
    packages: [{name: 'ca-certificates'}],
  })

export const PACKAGES_PHASE = 'prepare/packages'
export const RUNTIME_PHASE = 'prepare/runtime'

export const packagesPhase: Phase = {
  name: 'packages',
  title: 'Add the package repository',
  why: 'apt then trusts the Kubernetes packages, with one pinned key',
  needs: [FIREWALL_PHASE], // where a gateway among the hosts lets the others out
  when: context => {
    if (context.bundle !== undefined) return 'the bundle contains everything'
    if (kubeletComesBy(context) === 'unmanaged')
      return `kubelet ${context.facts.kubelet.version ?? ''} is already installed`
    return context.source === undefined ? 'no package source is configured' : true
  },
  resources: ({source}) =>
    source === undefined
      ? []
      : [
          ...(source.url.startsWith('https:') ? [certificatePackages()] : []),
          packageRepository({
            name: 'kubernetes',
            why: 'provides kubelet, kubectl and kubeadm, signed with the pinned key',
            ...source,
          }),
        ],
}
