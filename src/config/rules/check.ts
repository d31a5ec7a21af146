import type {z} from 'zod'

import type {Locate, Path, Report} from '../documents/finding.ts'
import {problemsOf} from '../documents/issues.ts'
import {valueAt, without} from '../documents/tree.ts'

export interface Checked<T> {
  /** The usable part of the input; undefined if none of it is usable. */
  readonly value: T | undefined
  /** Whether all of the input is usable. */
  readonly whole: boolean
}

/**
 * How to judge an input: an unknown key in a file is a typing error, in a ConfigMap it comes from a newer Kubernetes.
 */
export interface Judging {
  readonly locate: Locate
  readonly report: Report
  readonly unknownKeys: 'error' | 'warning'
}

/** Reports every problem of a value and returns the rest of it, so that later rules can be checked too. */
export function check<T>(schema: z.ZodType<T>, input: unknown, {locate, report, unknownKeys}: Judging): Checked<T> {
  const removed = new Set<string>()
  let rest = input
  for (;;) {
    const result = schema.safeParse(rest)
    if (result.success) return {value: result.data, whole: removed.size === 0}
    for (const {path, message, at, isUnknownKey} of problemsOf(schema, result.error, rest)) {
      const severity = isUnknownKey ? unknownKeys : 'error'
      if (!removed.has(JSON.stringify(path))) report({severity, place: locate(path, at), message})
      const unusable: Path = valueAt(rest, path) === undefined ? path.slice(0, -1) : path
      if (unusable.length === 0) return {value: undefined, whole: false}
      removed.add(JSON.stringify(unusable))
      rest = without(rest, unusable)
    }
  }
}
