import {isMapping, type Mapping} from '../domain/mapping.ts'

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** A JSON merge patch (RFC 7386): null removes, maps are merged, everything else is replaced. */
export function mergePatch(value: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return patch
  return mergeMaps(isMapping(value) ? value : {}, patch, (_, old, next) => mergePatch(old, next))
}

/** The lists of a pod that are merged by a key of their elements (`patchMergeKey` in k8s.io/api/core/v1). */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  resourceClaims: 'name',
}

/** A strategic merge patch as Kubernetes has it: lists of named things are merged by their names, others are replaced. */
export function strategicMerge(value: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return patch
  refuseDirectives(patch)
  if (patch['$patch'] === 'replace') return withoutDirective(patch)
  if (patch['$patch'] === 'delete') return {}
  return mergeMaps(isMapping(value) ? value : {}, patch, (key, old, next) => {
    const mergeKey = MERGE_KEYS[key]
    return mergeKey !== undefined && isList(next)
      ? mergeLists(isList(old) ? old : [], next, mergeKey)
      : strategicMerge(old, next)
  })
}

/** The directives of `k8s.io/apimachinery/pkg/util/strategicpatch` that change more than order. */
function refuseDirectives(patch: Mapping): void {
  const unknown = Object.keys(patch).find(
    key => key.startsWith('$') && key !== '$patch' && !key.startsWith('$setElementOrder/'),
  )
  if (unknown !== undefined)
    throw new Error(`the directive ${unknown} is not supported; write a patch of type json or merge instead`)
}

function mergeMaps(
  value: Mapping,
  patch: Mapping,
  merge: (key: string, old: unknown, next: unknown) => unknown,
): Mapping {
  const changes = Object.entries(patch).filter(([key]) => !key.startsWith('$'))
  const removed = new Set(changes.flatMap(([key, next]) => (next === null ? [key] : [])))
  const kept = Object.entries(value).filter(([key]) => !removed.has(key))
  const merged = changes.flatMap(([key, next]) => (next === null ? [] : [[key, merge(key, value[key], next)] as const]))
  return Object.fromEntries([...kept, ...merged])
}

/** New elements come first, as the API server of Kubernetes puts them. */
function mergeLists(old: readonly unknown[], patch: readonly unknown[], mergeKey: string): readonly unknown[] {
  if (patch.some(element => isMapping(element) && element['$patch'] === 'replace'))
    return patch.filter(element => !isMapping(element) || element['$patch'] === undefined)
  const idOf = (element: unknown): unknown => (isMapping(element) ? element[mergeKey] : element)
  const missing = patch.find(element => idOf(element) === undefined)
  if (missing !== undefined) throw new Error(`an element of the list has no ${mergeKey}`)
  const byId = new Map(patch.map(element => [idOf(element), element]))
  const kept = old.flatMap(element => {
    const next = byId.get(idOf(element))
    if (next === undefined) return [element]
    return isMapping(next) && next['$patch'] === 'delete' ? [] : [strategicMerge(element, next)]
  })
  const known = new Set(old.map(idOf))
  const added = patch.filter(
    element => !known.has(idOf(element)) && !(isMapping(element) && element['$patch'] === 'delete'),
  )
  return [...added.map(withoutDirective), ...kept]
}

const withoutDirective = (value: unknown): unknown =>
  isMapping(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$'))) : value
