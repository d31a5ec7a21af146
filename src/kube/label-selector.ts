import {isObject, listAt, objectAt, textAt, textsAt} from './json.ts'

type Labels = Readonly<Record<string, string>>

/** Whether labels match a LabelSelector; without one nothing matches, and an empty one matches everything. */
export function selects(selector: unknown, labels: Labels): boolean {
  if (!isObject(selector)) return false
  const required = textsAt(selector, 'matchLabels')
  if (Object.keys(required).length < Object.keys(objectAt(selector, 'matchLabels')).length) return false
  return (
    Object.entries(required).every(([key, value]) => labels[key] === value) &&
    listAt(selector, 'matchExpressions').every(one => satisfies(one, labels))
  )
}

function satisfies(expression: unknown, labels: Labels): boolean {
  const value = labels[textAt(expression, 'key') ?? '']
  const values = listAt(expression, 'values')
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case undefined:
    default:
      return false
  }
}
