import {KadmError} from '../../domain/errors.ts'
import type {Facts} from '../../domain/facts.ts'
import {packageRepository} from '../../resources/packages/package-repository.ts'
import {packages, type PackagesResource} from '../../resources/packages/packages.ts'
import {releaseRecord} from '../../resources/programs/release.ts'
import {FIREWALL_PHASE} from './firewall.ts'
import type {Phase, PhaseContext} from '../phase.ts'

/** Where the programs of a host come from; `own` are there already, and neither a package nor kadm knows them. */
export type Provision = 'bundle' | 'packages' | 'upstream' | 'unmanaged'

/** What decides it; of a bundle only whether there is one. */
type Deciding = Pick<PhaseContext, 'facts' | 'cluster'> & {readonly bundle: object | undefined}

/** A kubelet that no package brought is left as it is: a second one over it would be neither's. */
export const kubeletComesBy = ({bundle, facts}: Omit<Deciding, 'cluster'>): Provision =>
  bundle === undefined ? (isUnmanaged(facts.kubelet.version, facts, ['kubelet']) ? 'unmanaged' : 'packages') : 'bundle'

/**
 * What is there stays: kadm's own release, a package, your own program. A bare host gets the project's release unless the
 * file wants the distribution's: that one is older than what Kubernetes 1.38 asks of a runtime (KEP-4033).
 */
export function runtimeComesBy({bundle, facts, cluster}: Deciding): Provision {
  if (bundle !== undefined) return 'bundle'
  if (facts.files[releaseRecord('containerd')] !== undefined) return 'upstream'
  if (RUNTIMES.some(name => facts.packages[name] !== undefined)) return 'packages'
  if (facts.containerd.binary !== undefined) return 'unmanaged'
  return cluster.source.kind === 'online' && cluster.source.runtime === 'distribution' ? 'packages' : 'upstream'
}

/** As docker.com and as the distributions call it. */
const RUNTIMES = ['containerd.io', 'containerd']

const isUnmanaged = (there: string | undefined, facts: Facts, names: readonly string[]): boolean =>
  there !== undefined && names.every(name => facts.packages[name] === undefined)

/**
 * The container runtime: what is installed already, else the distribution's. It must not change under running
 * containers.
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

/** Throws when the kubelet that is there cannot become the wanted one. */
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

/** Of the authorities of the web. */
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
