import type {z} from 'zod'

import type {Locate, Path, Report} from '../documents/finding.ts'
import {problemsOf} from '../documents/issues.ts'
import {valueAt, without} from '../documents/tree.ts'

export interface Checked<T> {
  /** What was usable of the input; undefined when nothing was. */
  readonly value: T | undefined
  /** Whether all of it was. */
  readonly whole: boolean
}

/** How an input is judged: an unknown key in a file is a slip, in a ConfigMap it is a newer Kubernetes. */
export interface Judging {
  readonly locate: Locate
  readonly report: Report
  readonly unknownKeys: 'error' | 'warning'
}

/** Tells every problem of a value and gives what remains of it without them, so that later rules can be checked too. */
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
