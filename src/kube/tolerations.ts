import type {Taint} from '../domain/cluster.ts'
import {isObject, listAt, textAt, type ApiObject} from './json.ts'

/** Whether a toleration matches a taint (k8s.io/component-helpers, scheduling/corev1). */
function matches(toleration: ApiObject, {key, value, effect}: Taint): boolean {
  const [wantedKey, wantedEffect] = [textAt(toleration, 'key'), textAt(toleration, 'effect')]
  if (wantedEffect !== undefined && wantedEffect !== '' && wantedEffect !== effect) return false
  const isExists = textAt(toleration, 'operator') === 'Exists'
  if (wantedKey === undefined || wantedKey === '') return isExists
  return wantedKey === key && (isExists || (textAt(toleration, 'value') ?? '') === (value ?? ''))
}

/** Whether a pod, or a pod template, tolerates a taint. */
export const tolerates = (pod: unknown, taint: Taint): boolean =>
  listAt(pod, 'spec', 'tolerations')
    .filter(isObject)
    .some(toleration => matches(toleration, taint))
