import {isMapping, type Mapping} from '../domain/mapping.ts'

/** What the API answers: foreign data, read field by field. */
export type ApiObject = Mapping

export const isObject: (value: unknown) => value is ApiObject = isMapping

/** The value of a JSON text; undefined for anything else, such as the page of a proxy. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value below `value` along `path`; undefined where a step is missing. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), value)

export const objectAt = (value: unknown, ...path: readonly string[]): ApiObject => {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

/** The string values of a map such as labels or a ConfigMap's data. */
export const textsAt = (value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectAt(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )

export const nameOf = (object: ApiObject): string => textAt(object, 'metadata', 'name') ?? ''
export const namespaceOf = (object: ApiObject): string => textAt(object, 'metadata', 'namespace') ?? ''

/** The condition of `type` in an object's status. */
export const conditionOf = (object: ApiObject, type: string): ApiObject | undefined =>
  listAt(object, 'status', 'conditions')
    .filter(isObject)
    .find(condition => condition['type'] === type)
