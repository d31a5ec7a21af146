import {listAt, textAt, type ApiObject} from '../../kube/json.ts'
import type {ClusterSnapshot} from './snapshot.ts'

/** Milliseconds since the epoch; undefined for what is not a time. */
export function timeAt(object: unknown, ...path: readonly string[]): number | undefined {
  const time = Date.parse(textAt(object, ...path) ?? '')
  return Number.isNaN(time) ? undefined : time
}

/**
 * The latest that anything in the cluster says of the time. The API server and the leaders renew their leases every few seconds, so this is
 * never far behind, and it does not depend on the clock of the machine that asks.
 */
export function clusterNow({leases, nodes}: Pick<ClusterSnapshot, 'leases' | 'nodes'>, ours: number): number {
  const renewed = (leases ?? []).flatMap(lease => timeAt(lease, 'spec', 'renewTime') ?? [])
  const heard = (nodes ?? []).flatMap(node =>
    listAt(node, 'status', 'conditions').flatMap(condition => timeAt(condition, 'lastHeartbeatTime') ?? []),
  )
  const latest = [...renewed, ...heard].reduce((a, b) => Math.max(a, b), 0)
  return latest === 0 ? ours : latest
}

/** Milliseconds since an object was made; very long for one that does not say it. */
export const ageOf = (object: ApiObject, now: number): number =>
  now - (timeAt(object, 'metadata', 'creationTimestamp') ?? 0)

/** When an event happened last. */
export const eventTime = (event: ApiObject): number =>
  timeAt(event, 'series', 'lastObservedTime') ??
  timeAt(event, 'lastTimestamp') ??
  timeAt(event, 'eventTime') ??
  timeAt(event, 'metadata', 'creationTimestamp') ??
  0
