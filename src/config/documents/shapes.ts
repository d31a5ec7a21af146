import {z} from 'zod'

import type {Rule} from '../rules/rules.ts'

/** Text that follows a rule. */
export const text = (rule: Rule): z.ZodString =>
  z.string().check(context => {
    const message = rule(context.value)
    if (message !== undefined) context.issues.push({code: 'custom', message, input: context.value, path: []})
  })

/** A list that keeps its other elements when one is unusable, so that kadm can report all problems at once. */
export const list = <T extends z.ZodType>(element: T): z.ZodArray<z.ZodOptional<T>> => z.array(element.optional())

/** A list with at least one element, usable or not. */
export const filledList = <T extends z.ZodType>(element: T): z.ZodArray<z.ZodOptional<T>> =>
  list(element).check(({value, issues}) => {
    if (value.length > 0) return
    issues.push({code: 'custom', message: 'must not be empty; add at least one', input: value, path: []})
  })

/** Names to values, with a rule for the names. */
export const named = <T extends z.ZodType>(value: T, rule: Rule): z.ZodRecord<z.ZodString, T> =>
  z.record(z.string(), value).check(context => {
    for (const key of Object.keys(context.value)) {
      const message = rule(key)
      if (message === undefined) continue
      context.issues.push({code: 'custom', message, input: key, path: [key], params: {at: 'key'}})
    }
  })

export const portNumber = (): z.ZodInt => z.int().min(1).max(65_535)

/** The elements of a `list` that were usable, with their indices. */
export const usable = <T>(
  elements: readonly (T | undefined)[] | undefined,
): readonly {readonly value: T; readonly index: number}[] =>
  (elements ?? []).flatMap((value, index) => (value === undefined ? [] : [{value, index}]))
