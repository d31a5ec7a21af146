import {isMapping} from '../../domain/mapping.ts'

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  (isMapping(value) && Object.keys(value).length === 0) ||
  (Array.isArray(value) && value.length === 0)

/** The member that names an element in Kubernetes' merged lists: containers, ports, volumes, environment. */
const keyOf = (element: unknown): string | undefined => {
  if (!isMapping(element)) return undefined
  for (const key of ['name', 'mountPath', 'key', 'type'])
    if (typeof element[key] === 'string') return `${key}=${element[key]}`
  return undefined
}

/**
 * Parts of a pod template that server-side apply replaces as a whole (x-kubernetes-map-type and x-kubernetes-list-type `atomic`, k8s.io/api core/v1):
 * what another program added to them is a difference, and applying the object removes it.
 */
const ATOMIC = /\.template\.spec\.(?:nodeSelector|tolerations)$/

const sizeOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : isMapping(value) ? Object.keys(value).length : 0

/**
 * The path of the first field in which a live object differs from the desired one; undefined when all desired fields match. Fields that
 * the API server or controllers added do not count.
 */
export function subsetDiff(wanted: unknown, live: unknown, path = ''): string | undefined {
  if (ATOMIC.test(path) && sizeOf(wanted) !== sizeOf(live)) return path
  if (Array.isArray(wanted)) {
    const items: readonly unknown[] = wanted
    if (isEmpty(items) && isEmpty(live)) return undefined
    if (!Array.isArray(live)) return path
    const others: readonly unknown[] = live
    if (!items.some(isMapping) && items.length !== others.length) return path
    return items
      .map((item, i) => {
        const key = keyOf(item)
        const match = key === undefined ? others[i] : (others.find(other => keyOf(other) === key) ?? others[i])
        return subsetDiff(item, match, `${path}[${key ?? String(i)}]`)
      })
      .find(difference => difference !== undefined)
  }
  if (isMapping(wanted)) {
    if (isEmpty(wanted) && isEmpty(live)) return undefined
    if (!isMapping(live)) return path
    return Object.entries(wanted)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => subsetDiff(value, live[key], path === '' ? key : `${path}.${key}`))
      .find(difference => difference !== undefined)
  }
  if (wanted === live || (wanted === '' && live === undefined) || (wanted === null && live === undefined))
    return undefined
  return path
}
