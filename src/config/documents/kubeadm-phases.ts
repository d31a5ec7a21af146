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

/** The phases of each command (kubeadm v1.37, cmd/init.go and cmd/join.go). */
const PHASES = {
  init: ['preflight', ...SHARED, 'upload-certs', 'show-join-command'],
  join: [
    ...['preflight', 'control-plane-prepare', 'kubelet-start', 'etcd-join', 'kubelet-wait-bootstrap'],
    ...['control-plane-join', 'wait-control-plane'],
  ],
} as const

/** kadm's phases for a phase of kubeadm; none for one that it does not have, or not as a phase. */
export function kadmPhases(command: 'init' | 'join', name: string): readonly string[] {
  if (command === 'join') return Object.hasOwn(OF_JOIN, name) ? (OF_JOIN[name] ?? []) : []
  const phase = name === 'etcd/local' ? 'etcd' : SHARED.find(one => one === name)
  return phase === undefined ? [] : [phase]
}

/** What a user must know about a phase that a document skips; undefined when kadm does what it says. */
export function phaseRemark(command: 'init' | 'join', name: string): string | undefined {
  if (kadmPhases(command, name).length > 0 || NOTHING_TO_SKIP.includes(name)) return undefined
  if (name === 'preflight')
    return 'kadm always runs its checks; to continue in spite of errors, use ignorePreflightErrors'
  const phases: readonly string[] = PHASES[command]
  const above = name.split('/')[0] ?? name
  if (phases.includes(above)) return `kadm has no single phase for '${name}', so it is not skipped`
  const near = nearest(name, phases)
  return `is not a phase of kubeadm ${command}${near === undefined ? '' : `; did you mean '${near}'?`}`
}
