import {BALANCER_POD} from '../../domain/load-balancer.ts'
import type {Diagnosis} from '../diagnosis.ts'

/** What a machine was found to have, and the names by which it is known: as a node, and as it is reached. */
export interface Looked {
  readonly names: readonly string[]
  readonly diagnoses: readonly Diagnosis[]
}

const CERTIFICATES = ['certificate-expired', 'certificate-authority', 'clock'] as const
const MACHINE = [
  'read-only-disk',
  'disk-full',
  'inodes-full',
  'out-of-memory',
  'inotify-instances',
  'inotify-watches',
] as const
const RUNTIME = [
  ...[
    'unit-masked',
    'containerd-down',
    'containerd-config',
    'cri-disabled',
    'runtime-answer',
    'runtime-hangs',
    'cgroup-driver',
  ],
  ...['runc-missing', 'sandbox-image', 'apparmor', 'seccomp', 'oom-score'],
] as const
const KUBELET = [
  ...['swap', 'cgroup-v1', 'kubelet-binary', 'kubelet-config', 'kubelet-flag', 'node-ip', 'kernel-flags'],
  ...[
    'kubelet-off',
    'kubelet-stops',
    'kubelet-hangs',
    'kubelet-server',
    'resolv-conf-missing',
    'file-changed',
    'kubeconfig-missing',
    'bootstrap-token',
    'node-name',
    'node-deleted',
    'node-refused',
  ],
] as const
const ETCD = [
  ...['etcd-cluster', 'etcd-member', 'etcd-space', 'etcd-damaged', 'etcd-access', 'etcd-certificate', 'etcd-slow-disk'],
] as const
const STATIC_PODS = [
  ...[
    'manifest-missing',
    'static-pod-manifest',
    'static-pod-absent',
    'manifest-copy',
    'component-flag',
    'component-file',
    'file-changed',
  ],
  ...['component-stops', 'port-in-use', 'image-pull'],
] as const
const LOAD_BALANCER = [
  'load-balancer-port',
  'load-balancer-config',
  'load-balancer-down',
  'load-balancer-name',
] as const
const NETWORK = ['cni-plugin', 'cni-foreign', 'pod-network-missing', 'bridge-address'] as const
const FAR = ['api-refused', 'api-slow', 'api-unreachable', 'api-name', 'api-authority', 'api-address'] as const
const PODS = [
  ...['corefile', 'dns-loop', 'proxy-config', 'conntrack-limit', 'conntrack-module', 'flannel-rights', 'proxy-api'],
  ...['pod-range', 'pod-stops', 'bridge-filter'],
] as const

/** Why a machine does not do its work, as it says of itself. */
export const OWN_CAUSES: readonly string[] = [...MACHINE, ...RUNTIME, ...KUBELET, ...CERTIFICATES]

/** Why the API of a control plane does not answer, as its machine says of itself. */
export const API_CAUSES: readonly string[] = [...OWN_CAUSES, ...ETCD, ...STATIC_PODS]

/** By what the cluster shows: what a machine says of the same trouble, and better, since it names the cause. */
const BETTER: Readonly<Record<string, readonly string[]>> = {
  'node-not-ready': [...MACHINE, ...RUNTIME, ...KUBELET, ...NETWORK, ...FAR, ...CERTIFICATES, ...LOAD_BALANCER],
  'node-missing': [...MACHINE, ...RUNTIME, ...KUBELET, ...FAR, ...CERTIFICATES, 'request-not-approved'],
  'node-pressure': ['node-pressure', 'disk-full', 'disk-pressure', 'inodes-full'],
  'node-range': ['pod-range'],
  'static-pod-missing': [...STATIC_PODS],
  'static-pod-down': [...STATIC_PODS, ...ETCD, ...CERTIFICATES, ...LOAD_BALANCER],
  'load-balancer-missing': [...STATIC_PODS, ...LOAD_BALANCER],
  'leader-silent': [...STATIC_PODS, ...CERTIFICATES],
  'pod-trouble': [...PODS, ...STATIC_PODS, ...ETCD, ...RUNTIME, ...NETWORK, ...CERTIFICATES, ...LOAD_BALANCER],
  'pod-address': ['cni-foreign', 'pod-addresses'],
  'request-pending': ['request-not-approved', 'serving-certificate'],
  'etcd-refuses': API_CAUSES,
  'api-not-ready': API_CAUSES,
  'api-silent': API_CAUSES,
  'api-certificate': CERTIFICATES,
  'api-certificate-time': CERTIFICATES,
  'api-admin-unknown': CERTIFICATES,
  'admin-conf-missing': ['admin-conf-missing'],
}

const PARTS = /kube-apiserver|kube-controller-manager|kube-scheduler|etcd|coredns|kube-proxy|flannel/
const OF_ONE_PART = ['static-pod-missing', 'static-pod-down', 'leader-silent', 'pod-trouble']

/** A machine that names another part of it does not tell why this one fails. */
function isOfSamePart({name, cause}: Diagnosis, own: Diagnosis): boolean {
  if (!OF_ONE_PART.includes(name)) return true
  if (cause.includes(BALANCER_POD) && LOAD_BALANCER.some(one => one === own.name)) return true
  const part = PARTS.exec(cause)?.[0]
  if (part !== undefined && own.cause.toLowerCase().includes(part)) return true
  if (/has no image/.test(cause)) return /image/.test(own.name)
  if (/does not start/.test(cause)) return [...RUNTIME, ...NETWORK].some(one => one === own.name)
  return name !== 'pod-trouble' && CERTIFICATES.some(one => one === own.name)
}

/** What the cluster shows and no machine has told: one trouble is named once. */
export const toldByNobody = (cluster: readonly Diagnosis[], hosts: readonly Looked[]): readonly Diagnosis[] =>
  cluster.filter(fault => {
    const better = BETTER[fault.name] ?? []
    const tells = ({diagnoses}: Looked): boolean =>
      diagnoses.some(one => one.certainty !== 'possible' && better.includes(one.name) && isOfSamePart(fault, one))
    const telling = hosts.filter(tells)
    if (fault.nodes === undefined) return telling.length === 0
    return fault.nodes.length === 0 || !fault.nodes.every(node => telling.some(({names}) => names.includes(node)))
  })

/** A machine without flannel is none of its own making where the cluster has none for it. */
const OF_CLUSTER: Readonly<Record<string, readonly string[]>> = {
  'flannel-missing': ['workload-missing', 'daemonset-narrow'],
}

/** What a machine shows, without what only follows from a fault of the whole cluster. */
export const ofItsOwn = (diagnoses: readonly Diagnosis[], cluster: readonly Diagnosis[]): readonly Diagnosis[] =>
  diagnoses.filter(({name}) => !cluster.some(fault => OF_CLUSTER[name]?.includes(fault.name) === true))
