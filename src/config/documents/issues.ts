import {z} from 'zod'

import {nearest} from '../../domain/nearest.ts'
import {described} from './described.ts'
import type {Path} from './finding.ts'
import {isTree, valueAt} from './tree.ts'

/** The problem at one path of an input, in kadm's words. */
export interface ShapeProblem {
  readonly path: Path
  readonly message: string
  readonly at: 'key' | 'value'
  readonly isUnknownKey: boolean
}

type Issue = z.core.$ZodIssue

/** The problems that zod found, with the nearest known names and without the other branches of unions. */
export function problemsOf(schema: z.ZodType, error: z.ZodError, input: unknown): readonly ShapeProblem[] {
  return error.issues.flatMap(issue => problems(schema, issue, [], input))
}

function problems(schema: z.ZodType, issue: Issue, above: Path, input: unknown): readonly ShapeProblem[] {
  const path = [...above, ...issue.path.map(step => (typeof step === 'symbol' ? String(step) : step))]
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find(errors => !errors.some(isOtherBranch))
    if (branch !== undefined) return branch.flatMap(inner => problems(schema, inner, path, input))
  }
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path)
    return issue.keys.map(key => ({
      path: [...path, key],
      message: unknownKey(key, known),
      at: 'key',
      isUnknownKey: true,
    }))
  }
  const isKey = issue.code === 'custom' && issue.params?.['at'] === 'key'
  const value = valueAt(input, path)
  const form = issue.code === 'invalid_type' ? otherForm(childOf(schema, path), value) : ''
  return [{path, message: messageOf(issue, value) + form, at: isKey ? 'key' : 'value', isUnknownKey: false}]
}

const isOtherBranch = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')

/** `unknown key 'adress'; did you mean 'address'?` */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  return `unknown key '${key}'; ${near === undefined ? `the known keys are ${known.join(', ')}` : `did you mean '${near}'?`}`
}

function messageOf(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing'
  if (value === null) return 'is empty'
  if (issue.code === 'invalid_type')
    return `must be ${EXPECTED[issue.expected] ?? issue.expected}, not ${described(value)}${flagForm(issue, value)}`
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String), value)
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}, not ${described(value)}`
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}, not ${described(value)}`
  return issue.message
}

/** v1beta3 had a mapping of flags where v1beta4 has a list. */
function flagForm(issue: Issue, value: unknown): string {
  const isFlags = /xtraArgs$/.test(String(issue.path.at(-1)))
  const [first] = isFlags && isTree(value) ? Object.entries(value) : []
  return first === undefined ? '' : `; write it as [{name: ${first[0]}, value: ${JSON.stringify(String(first[1]))}}, …]`
}

/** The form to write: the value with quotes or without them, or what its rule says. */
function otherForm(schema: z.core.$ZodType | undefined, value: unknown): string {
  if (schema === undefined) return ''
  if (typeof value === 'boolean' || typeof value === 'number') {
    const text = String(value)
    // Only the file has its digits.
    if (text.includes('e+')) return '; write it in quotes'
    const {error} = z.safeParse(schema, text)
    if (error !== undefined) return /; (write|use) .*$/.exec(error.issues[0]?.message ?? '')?.[0] ?? ''
    return `; write it in quotes: "${text}"`
  }
  if (typeof value !== 'string' || !/^(true|false|-?\d+(\.\d+)?)$/.test(value)) return ''
  return z.safeParse(schema, parseBare(value)).success ? `; write it without quotes: ${value}` : ''
}

const parseBare = (text: string): boolean | number => (/^[tf]/.test(text) ? text === 'true' : Number(text))

/** The schema of the value at a path; the first one where several are possible. */
function childOf(schema: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return childOf(schema.unwrap(), path)
  const [step, ...rest] = path
  if (step === undefined) return schema
  if (schema instanceof z.ZodUnion)
    return schema.options.map(option => childOf(option, path)).find(child => child !== undefined)
  if (schema instanceof z.ZodObject) {
    const child: unknown = Object.hasOwn(schema.shape, step) ? schema.shape[step] : undefined
    return child instanceof z.ZodType ? childOf(child, rest) : undefined
  }
  if (schema instanceof z.ZodArray) return childOf(schema.element, rest)
  return schema instanceof z.ZodRecord ? childOf(schema.valueType, rest) : undefined
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
}

function oneOf(values: readonly string[], value: unknown): string {
  const near = typeof value === 'string' ? nearest(value, values) : undefined
  const choice = values.length === 1 ? `must be ${values.join('')}` : `must be one of ${values.join(', ')}`
  return `${choice}, not ${described(value)}${near === undefined ? '' : `; did you mean '${near}'?`}`
}

/** The keys that the schema allows in the mapping at a path. */
function knownKeys(schema: z.core.$ZodType, path: Path): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return knownKeys(schema.unwrap(), path)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(option => knownKeys(option, path))
  const [step, ...rest] = path
  if (schema instanceof z.ZodObject) {
    if (step === undefined) return Object.keys(schema.shape)
    const child: unknown = Object.hasOwn(schema.shape, step) ? schema.shape[step] : undefined
    return child instanceof z.ZodType ? knownKeys(child, rest) : []
  }
  if (schema instanceof z.ZodArray) return knownKeys(schema.element, rest)
  if (schema instanceof z.ZodRecord) return knownKeys(schema.valueType, rest)
  return []
}
