import type {Taint} from '../../domain/cluster.ts'
import {isObject, listAt, textAt, type ApiObject} from '../../kube/json.ts'

/** Taints that controllers add and remove themselves. DaemonSets tolerate those of Kubernetes (pkg/controller/daemon/util). */
export const OF_CONTROLLERS = /^(?:node\.kubernetes\.io|node\.cloudprovider\.kubernetes\.io|node\.cilium\.io)\//

export const keepsAway = ({effect}: Taint): boolean => effect !== 'PreferNoSchedule'

/** Whether a toleration matches a taint (k8s.io/component-helpers, scheduling/corev1). */
function matches(toleration: ApiObject, {key, value, effect}: Taint): boolean {
  const [wantedKey, wantedEffect] = [textAt(toleration, 'key'), textAt(toleration, 'effect')]
  if (wantedEffect !== undefined && wantedEffect !== '' && wantedEffect !== effect) return false
  const isExists = textAt(toleration, 'operator') === 'Exists'
  if (wantedKey === undefined || wantedKey === '') return isExists
  return wantedKey === key && (isExists || (textAt(toleration, 'value') ?? '') === (value ?? ''))
}

/** Whether the pods of a DaemonSet may not run on a node, because of its taints. */
export function isKeptAway(set: ApiObject, taints: readonly Taint[]): boolean {
  const tolerations = listAt(set, 'spec', 'template', 'spec', 'tolerations').filter(isObject)
  return taints.some(
    taint =>
      keepsAway(taint) &&
      !OF_CONTROLLERS.test(taint.key) &&
      !tolerations.some(toleration => matches(toleration, taint)),
  )
}
