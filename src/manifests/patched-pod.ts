import {KadmError} from '../domain/errors.ts'
import type {PatchFile} from '../domain/kubeadm.ts'
import {PATCH_TARGETS} from '../domain/patch-name.ts'
import type {Container, Pod} from './kube-object.ts'
import {patched} from './patches.ts'

/** A static pod with the user's patches for it. */
export function patchedPod(pod: Pod, patches: readonly PatchFile[]): Pod {
  const target = PATCH_TARGETS.find(name => name === pod.metadata.name)
  if (target === undefined || patches.length === 0) return pod
  const result = patched(target, pod, patches)
  if (isPod(result)) return result
  throw new KadmError('config', `the patches of ${target} leave no pod`, {hint: 'correct the folder of patches'})
}

const isPod = (value: Readonly<Record<string, unknown>>): value is Pod => {
  const {kind, metadata, spec} = value
  if (kind !== 'Pod' || typeof metadata !== 'object' || typeof spec !== 'object' || spec === null) return false
  return 'containers' in spec && Array.isArray(spec.containers) && 'volumes' in spec && Array.isArray(spec.volumes)
}

/** The container of the component itself; a patch may add others. */
export const ownContainer = ({metadata, spec}: Pod): Container | undefined =>
  spec.containers.find(({name}) => name === metadata.name) ?? spec.containers[0]
