import {nearest} from '../../domain/nearest.ts'

/** kubeadm's phases that kadm has under the same name. */
const SHARED = [
  ...['certs', 'kubeconfig', 'kubelet-start', 'etcd', 'control-plane', 'wait-control-plane', 'upload-config'],
  ...['mark-control-plane', 'bootstrap-token', 'kubelet-finalize', 'addon', 'addon/coredns', 'addon/kube-proxy'],
]

/** kubeadm's phases of a join, and what does their work in kadm. */
const OF_JOIN: Readonly<Record<string, readonly string[]>> = {
  'control-plane-prepare': [
    'control-plane-join/certs',
    'control-plane-join/kubeconfig',
    'control-plane-join/manifests',
  ],
  'control-plane-prepare/certs': ['control-plane-join/certs'],
  'control-plane-prepare/kubeconfig': ['control-plane-join/kubeconfig'],
  'control-plane-prepare/control-plane': ['control-plane-join/manifests'],
  'kubelet-start': ['worker/kubelet-start', 'control-plane-join/kubelet-start'],
  'etcd-join': ['control-plane-join/etcd'],
  'control-plane-join': ['control-plane-join/mark-control-plane'],
  'control-plane-join/mark-control-plane': ['control-plane-join/mark-control-plane'],
  'wait-control-plane': ['control-plane-join/wait-control-plane'],
}

/** kubeadm's phases that kadm does not have: it does their work only when a flag asks for it. */
const NOTHING_TO_SKIP = ['upload-certs', 'show-join-command', 'control-plane-prepare/download-certs']

const below = (phase: string, names: readonly string[]): readonly string[] => [
  phase,
  ...names.map(name => `${phase}/${name}`),
]

const CERTS = [
  ...['ca', 'apiserver', 'apiserver-kubelet-client', 'front-proxy-ca', 'front-proxy-client', 'etcd-ca', 'etcd-server'],
  ...['etcd-peer', 'etcd-healthcheck-client', 'apiserver-etcd-client', 'sa'],
]

/** The phases of each command (kubeadm v1.37, cmd/init.go and cmd/join.go). */
const PHASES: Readonly<Record<'init' | 'join', readonly string[]>> = {
  init: [
    ...['preflight', 'kubelet-start', 'wait-control-plane', 'upload-certs', 'mark-control-plane', 'bootstrap-token'],
    ...below('certs', CERTS),
    ...below('kubeconfig', ['admin', 'super-admin', 'kubelet', 'controller-manager', 'scheduler']),
    ...below('etcd', ['local']),
    ...below('control-plane', ['apiserver', 'controller-manager', 'scheduler']),
    ...below('upload-config', ['kubeadm', 'kubelet']),
    ...below('kubelet-finalize', ['enable-client-cert-rotation']),
    ...below('addon', ['coredns', 'kube-proxy']),
    'show-join-command',
  ],
  join: [
    ...['preflight', 'kubelet-start', 'etcd-join', 'kubelet-wait-bootstrap', 'wait-control-plane'],
    ...below('control-plane-prepare', ['download-certs', 'certs', 'kubeconfig', 'control-plane']),
    ...below('control-plane-join', ['mark-control-plane']),
  ],
}

/** kadm's phases for a phase of kubeadm; none for one that it does not have, or not as a phase. */
export function kadmPhases(command: 'init' | 'join', name: string): readonly string[] {
  if (command === 'join') return Object.hasOwn(OF_JOIN, name) ? (OF_JOIN[name] ?? []) : []
  const phase = name === 'etcd/local' ? 'etcd' : SHARED.find(one => one === name)
  return phase === undefined ? [] : [phase]
}

/** Why a phase cannot be skipped: the command has no such phase. */
export function phaseProblem(command: 'init' | 'join', name: string): string | undefined {
  const phases = PHASES[command]
  if (phases.includes(name)) return undefined
  const near = nearest(name, phases)
  const message = `'${name}' is not a phase of kubeadm ${command}`
  return near === undefined ? message : `${message}; did you mean '${near}'?`
}

/** What a user must know about a phase that a document skips; undefined when kadm does what it says. */
export function phaseRemark(command: 'init' | 'join', name: string): string | undefined {
  if (kadmPhases(command, name).length > 0 || NOTHING_TO_SKIP.includes(name)) return undefined
  if (name === 'preflight')
    return 'kadm always runs its checks; to continue in spite of errors, use ignorePreflightErrors'
  return `kadm has no single phase for '${name}', so it is not skipped`
}
