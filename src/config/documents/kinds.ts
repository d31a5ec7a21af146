import {nearest} from '../../domain/nearest.ts'
import type {Path} from './finding.ts'
import {isTree} from './tree.ts'

/** The documents that kadm reads, with the version of each. */
export const API_VERSIONS = {
  Cluster: 'kadm/v1',
  ClusterConfiguration: 'kubeadm.k8s.io/v1beta4',
  InitConfiguration: 'kubeadm.k8s.io/v1beta4',
  JoinConfiguration: 'kubeadm.k8s.io/v1beta4',
  KubeletConfiguration: 'kubelet.config.k8s.io/v1beta1',
  KubeProxyConfiguration: 'kubeproxy.config.k8s.io/v1alpha1',
} as const

export type KindName = keyof typeof API_VERSIONS
const isKind = (kind: string): kind is KindName => Object.hasOwn(API_VERSIONS, kind)

/** The group of kubeadm's own documents. */
const KUBEADM = 'kubeadm.k8s.io'

/** A document of this kind is kubeadm's. */
export const isKubeadms = (kind: KindName): boolean => API_VERSIONS[kind].startsWith(`${KUBEADM}/`)

/** Documents of kubeadm that describe one action, not a cluster; beside other documents they are ignored. */
const NOT_OF_A_CLUSTER: Readonly<Record<string, string>> = {
  ResetConfiguration: 'use the flags of kadm reset',
  UpgradeConfiguration: 'kadm cannot upgrade a cluster yet',
}

/** What a document is: a kind that kadm reads, a document of another command, or a problem. */
export type Judged =
  | {readonly is: 'document'; readonly kind: KindName; readonly isOld: boolean}
  | {readonly is: 'other'; readonly kind: string; readonly instead: string}
  | {readonly is: 'problem'; readonly path: Path; readonly message: string}

const problem = (path: Path, message: string): Judged => ({is: 'problem', path, message})

/** Judges a document by its version first, because old versions have kinds of their own. */
export function judgeKind(value: unknown): Judged {
  if (!isTree(value)) return problem([], 'must be a mapping with apiVersion and kind')
  const {apiVersion, kind} = value
  if (typeof kind !== 'string' || typeof apiVersion !== 'string')
    return problem([], 'needs an apiVersion and a kind, such as kadm/v1 and Cluster')
  const [group, version = ''] = apiVersion.split('/')
  const reader = group === KUBEADM ? LAST_READER[version] : undefined
  if (reader !== undefined) return problem(['apiVersion'], tooOld(apiVersion, reader))
  const isOld = apiVersion === `${KUBEADM}/v1beta3`
  const instead = group === KUBEADM ? NOT_OF_A_CLUSTER[kind] : undefined
  if (instead !== undefined && (isOld || apiVersion === `${KUBEADM}/v1beta4`)) return {is: 'other', kind, instead}
  if (!isKind(kind)) return problem(['kind'], unknownKind(kind))
  const wanted: string = API_VERSIONS[kind]
  if (apiVersion === wanted || (isOld && isKubeadms(kind))) return {is: 'document', kind, isOld}
  return problem(['apiVersion'], `the apiVersion of ${kind} must be ${wanted}, not '${apiVersion}'`)
}

/** Configuration files of components that kubeadm passes by a flag and a mount, not in its own file. */
const BY_FLAG: Readonly<Record<string, string>> = {
  KubeSchedulerConfiguration: 'kube-scheduler',
  EncryptionConfiguration: 'kube-apiserver',
  AdmissionConfiguration: 'kube-apiserver',
  AuditPolicy: 'kube-apiserver',
  Policy: 'kube-apiserver',
  AuthenticationConfiguration: 'kube-apiserver',
  AuthorizationConfiguration: 'kube-apiserver',
  EgressSelectorConfiguration: 'kube-apiserver',
  KubeControllerManagerConfiguration: 'kube-controller-manager',
}

function unknownKind(kind: string): string {
  const component = BY_FLAG[kind]
  if (component !== undefined)
    return `${kind} is a file of ${component} itself: put it on the control plane, and name it with extraArgs and extraVolumes of that component`
  const kinds = Object.keys(API_VERSIONS)
  const near = nearest(kind, kinds) ?? kinds.find(known => known.startsWith(kind))
  return `unknown kind '${kind}'; ${near === undefined ? `the known kinds are ${kinds.join(', ')}` : `did you mean '${near}'?`}`
}

/** The last kubeadm release that reads a version of its API and writes the next one. */
const LAST_READER: Readonly<Record<string, string>> = {
  v1alpha1: 'v1.11',
  v1alpha2: 'v1.12',
  v1alpha3: 'v1.14',
  v1beta1: 'v1.15',
  v1beta2: 'v1.22',
}

const tooOld = (apiVersion: string, reader: string): string =>
  `'${apiVersion}' is too old; run 'kubeadm config migrate' of kubeadm ${reader} first`
