import {nearest} from '../../domain/nearest.ts'

/** kubeadm's phases that kadm has under the same name. */
const SHARED = [
  ...['certs', 'kubeconfig', 'kubelet-start', 'etcd', 'control-plane', 'wait-control-plane', 'upload-config'],
  ...['mark-control-plane', 'bootstrap-token', 'kubelet-finalize', 'addon', 'addon/coredns', 'addon/kube-proxy'],
]

/** kubeadm's phases without a counterpart: what they do is not done by kadm, so skipping them changes nothing. */
const NOTHING_TO_SKIP = [
  'upload-certs',
  'show-join-command',
  'etcd-join',
  'control-plane-join',
  'control-plane-prepare',
]

/** The phases of each command (kubeadm v1.37, cmd/init.go and cmd/join.go). */
const PHASES = {
  init: ['preflight', ...SHARED, 'upload-certs', 'show-join-command'],
  join: [
    ...['preflight', 'control-plane-prepare', 'kubelet-start', 'etcd-join', 'kubelet-wait-bootstrap'],
    ...['control-plane-join', 'wait-control-plane'],
  ],
} as const

/** kadm's name of a phase of kubeadm; undefined for one that it does not have, or not as one phase. */
export const kadmPhase = (command: 'init' | 'join', name: string): string | undefined => {
  if (command === 'join') return name === 'kubelet-start' ? 'worker/kubelet-start' : undefined
  return name === 'etcd/local' ? 'etcd' : SHARED.find(phase => phase === name)
}

/** What a user must know about a phase that a document skips; undefined when kadm does what it says. */
export function phaseRemark(command: 'init' | 'join', name: string): string | undefined {
  if (kadmPhase(command, name) !== undefined || NOTHING_TO_SKIP.includes(name)) return undefined
  if (name === 'preflight')
    return 'kadm always runs its checks; to continue in spite of errors, use ignorePreflightErrors'
  const phases: readonly string[] = PHASES[command]
  const above = name.split('/')[0] ?? name
  if (phases.includes(above)) return `kadm has no single phase for '${name}', so it is not skipped`
  const near = nearest(name, phases)
  return `is not a phase of kubeadm ${command}${near === undefined ? '' : `; did you mean '${near}'?`}`
}
