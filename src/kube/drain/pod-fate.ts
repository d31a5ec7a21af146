import {at, isObject, listAt, textAt, textsAt, type ApiObject} from '../json.ts'

/** The flags of `kubectl drain` that decide about single pods. */
export interface DrainRules {
  /** Deletes pods that no controller creates again. */
  readonly force: boolean
  readonly ignoreDaemonSets: boolean
  readonly deleteEmptyDirData: boolean
  /** Does not wait for pods that have been terminating for longer; 0 waits for all. */
  readonly skipWaitForDeleteSeconds: number
}

/** What a drain does with a pod, and why. */
export type PodFate =
  | {readonly kind: 'leaves'; readonly loses?: Loss}
  | {readonly kind: 'stays'; readonly because: 'static pod' | 'DaemonSet' | 'terminating'}
  | {readonly kind: 'refused'; readonly because: Loss | 'DaemonSet'}

/** What the drain would delete permanently. */
export type Loss = 'no controller' | 'emptyDir'

/** The flag that lets a drain continue, as kubectl names it. */
export const FLAG_FOR = {
  'no controller': '--force',
  emptyDir: '--delete-emptydir-data',
  DaemonSet: '--ignore-daemonsets',
} as const satisfies Record<Loss | 'DaemonSet', string>

const controllerKind = (pod: ApiObject): string | undefined =>
  textAt(
    listAt(pod, 'metadata', 'ownerReferences')
      .filter(isObject)
      .find(one => one['controller'] === true),
    'kind',
  )

const isFinished = (pod: ApiObject): boolean => ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')

/** kube-proxy and pod networks: such a pod is a part of its node, and stops with it. */
const isPartOfNode = (pod: ApiObject): boolean => textAt(pod, 'spec', 'priorityClassName') === 'system-node-critical'

/** Whether a pod keeps data that is deleted together with it. */
const hasEmptyDir = (pod: ApiObject): boolean =>
  listAt(pod, 'spec', 'volumes').some(volume => isObject(at(volume, 'emptyDir')))

/** Whether a pod has been terminating for longer than the rules wait for it; `now` is in milliseconds. */
function isGivenUp(pod: ApiObject, {skipWaitForDeleteSeconds}: DrainRules, now: number): boolean {
  const since = Date.parse(textAt(pod, 'metadata', 'deletionTimestamp') ?? '')
  return skipWaitForDeleteSeconds > 0 && now - since > skipWaitForDeleteSeconds * 1000
}

/**
 * What a drain does with one pod, by the rules of kubectl (kubectl/pkg/drain/filters.go). Other than kubectl, it never
 * refuses because of the pods that every node has.
 */
export function podFate(pod: ApiObject, rules: DrainRules, now: number): PodFate {
  if ('kubernetes.io/config.mirror' in textsAt(pod, 'metadata', 'annotations'))
    return {kind: 'stays', because: 'static pod'}
  if (isFinished(pod)) return {kind: 'leaves'}
  const controller = controllerKind(pod)
  if (controller === 'DaemonSet') {
    return rules.ignoreDaemonSets || isPartOfNode(pod)
      ? {kind: 'stays', because: 'DaemonSet'}
      : {kind: 'refused', because: 'DaemonSet'}
  }
  if (hasEmptyDir(pod) && !rules.deleteEmptyDirData) return {kind: 'refused', because: 'emptyDir'}
  if (controller === undefined && !rules.force) return {kind: 'refused', because: 'no controller'}
  if (isGivenUp(pod, rules, now)) return {kind: 'stays', because: 'terminating'}
  if (controller === undefined) return {kind: 'leaves', loses: 'no controller'}
  return hasEmptyDir(pod) ? {kind: 'leaves', loses: 'emptyDir'} : {kind: 'leaves'}
}
