import {isMapping, type Mapping} from '../../domain/mapping.ts'
import type {Path} from './finding.ts'

export type Tree = Mapping

export const isTree: (value: unknown) => value is Tree = isMapping

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** The value at a path of plain data; undefined when the path does not exist. */
export function valueAt(value: unknown, path: Path): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (isList(value)) return typeof step === 'number' ? valueAt(value[step], rest) : undefined
  return isTree(value) && Object.hasOwn(value, step) ? valueAt(value[String(step)], rest) : undefined
}

/** A copy without the value at a path; an element of a list becomes undefined, so that the others keep their places. */
export function without(value: unknown, path: Path): unknown {
  const [step, ...rest] = path
  if (step === undefined) return undefined
  if (isList(value)) return value.map((element, i) => (i === step ? without(element, rest) : element))
  if (!isTree(value) || !Object.hasOwn(value, step)) return value
  const entries = Object.entries(value)
  if (rest.length === 0) return Object.fromEntries(entries.filter(([key]) => key !== String(step)))
  return Object.fromEntries(entries.map(([key, child]) => [key, key === String(step) ? without(child, rest) : child]))
}

/** Whether two plain values say the same. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A copy without keys that have no value, at any depth; an element of a list stays. */
export function withoutNulls(value: unknown): unknown {
  if (isList(value)) return value.map(withoutNulls)
  if (!isTree(value)) return value
  const kept = Object.entries(value).filter(([, child]) => child !== null)
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutNulls(child)]))
}
