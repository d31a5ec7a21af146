import {podState} from '../../kube/components.ts'
import {at, conditionOf, isObject, listAt, nameOf, namespaceOf, textAt, type ApiObject} from '../../kube/json.ts'

const isReady = (pod: ApiObject): boolean => textAt(conditionOf(pod, 'Ready'), 'status') === 'True'

const uidOf = (pod: ApiObject): string => textAt(pod, 'metadata', 'uid') ?? ''

const containersOf = (pod: ApiObject): readonly string[] =>
  listAt(pod, 'status', 'containerStatuses')
    .filter(isObject)
    .flatMap(container => textAt(container, 'containerID') ?? [])

/** Pods that ran before a reboot, by uid, with the containers that cannot have lived through it. */
export type PodsBefore = ReadonlyMap<string, readonly string[]>

export const podsBefore = (pods: readonly ApiObject[]): PodsBefore =>
  new Map(pods.filter(isReady).map(pod => [uidOf(pod), containersOf(pod)]))

/**
 * What of a node's pods does not run again; undefined when all do. The API continues to show the state from before the reboot until the
 * kubelet reports, so a pod counts only with new containers. One that is gone, moved or replaced is its controller's matter.
 */
export function notBack(before: PodsBefore, now: readonly ApiObject[]): string | undefined {
  const missing = now
    .filter(pod => before.has(uidOf(pod)) && at(pod, 'metadata', 'deletionTimestamp') === undefined)
    .flatMap(pod => {
      const old = before.get(uidOf(pod)) ?? []
      const name = `${namespaceOf(pod)}/${nameOf(pod)}`
      if (containersOf(pod).some(id => old.includes(id))) return [`${name}: not started again yet`]
      return isReady(pod) ? [] : [`${name}: ${podState(pod)}`]
    })
  return missing.length === 0 ? undefined : missing.join('; ')
}
