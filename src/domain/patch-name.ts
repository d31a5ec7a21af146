/** What kubeadm's patches may change (kubeadm util/patches). */
export const PATCH_TARGETS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubeletconfiguration',
  'corednsdeployment',
  'kubeproxydaemonset',
] as const

export type PatchTarget = (typeof PATCH_TARGETS)[number]

const TYPES = ['json', 'merge', 'strategic'] as const
type PatchType = (typeof TYPES)[number]

export interface PatchName {
  readonly target: PatchTarget
  readonly type: PatchType
}

/** Takes `target[suffix][+patchtype].extension` apart; a text says why a file is not a patch. */
export function patchName(file: string): PatchName | string {
  if (!/.+\.(json|yaml)$/.test(file)) return 'the name must end in .json or .yaml'
  const target = PATCH_TARGETS.find(name => file.startsWith(name))
  if (target === undefined) return `the name must begin with one of ${PATCH_TARGETS.join(', ')}`
  const [, , plus, word = ''] = /^([^.+\n]*)(\+)?([a-z]*)/.exec(file.slice(target.length)) ?? []
  if (plus === undefined) return {target, type: 'strategic'}
  const type = TYPES.find(name => word.startsWith(name))
  return type === undefined ? `the type after '+' must be one of ${TYPES.join(', ')}` : {target, type}
}
