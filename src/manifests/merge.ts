import {isMapping, type Mapping} from '../domain/mapping.ts'

/** `over` applied to `base`: maps are merged key by key, every other value is replaced; null says nothing. */
export function deepMerge(base: Mapping, over: Mapping): Mapping {
  const merged: Record<string, unknown> = {...base}
  for (const [key, value] of Object.entries(over)) {
    if (value === null || value === undefined) continue
    const old = merged[key]
    merged[key] = isMapping(old) && isMapping(value) ? deepMerge(old, value) : value
  }
  return merged
}
