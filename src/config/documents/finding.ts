import {KadmError} from '../../domain/errors.ts'

export type Path = readonly (string | number)[]

/** The place of a value: `kadm.yaml:3:14: hosts[0].ssh.address`, or the name of a flag. */
export interface Place {
  readonly text: string
  readonly line: number
  readonly column: number
}

/** A value with its place. */
export interface Located<T> {
  readonly value: T
  readonly place: Place
}

export interface ConfigIssue {
  readonly severity: 'error' | 'warning'
  readonly place: Place
  readonly message: string
}

/** Receives findings one by one. */
export type Report = (finding: ConfigIssue) => void

/** Finds the place of a path in one input; `key` points at the key instead of its value. */
export type Locate = (path: Path, at?: 'key' | 'value') => Place

/** `hosts[0].ssh.address`; keys with special characters are quoted. */
export const pathText = (path: Path): string =>
  path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[\w/-][\w./-]*$/.test(step)) return `[${JSON.stringify(step)}]`
      return i === 0 ? step : `.${step}`
    })
    .join('')

/** One line of a message. */
export const findingText = (finding: ConfigIssue): string =>
  `${finding.place.text}: ${finding.message}`.replaceAll('\n', '\\n')

/** A collector for findings. */
export function newFindings(): {readonly report: Report; readonly all: () => readonly ConfigIssue[]} {
  const found: ConfigIssue[] = []
  const byPlace = (a: ConfigIssue, b: ConfigIssue): number =>
    a.place.line - b.place.line || a.place.column - b.place.column
  return {report: finding => void found.push(finding), all: () => found.toSorted(byPlace)}
}

/** One `config` error that lists every error on its own line, in order of place. */
export function configError(findings: readonly ConfigIssue[], hint: string): KadmError {
  const errors = findings.filter(({severity}) => severity === 'error').map(findingText)
  return new KadmError('config', [...new Set(errors)].join('\n'), {hint})
}

/** Throws if there is an error among the findings; otherwise returns the warnings. */
export function settle(findings: readonly ConfigIssue[], hint: string): readonly string[] {
  if (findings.some(({severity}) => severity === 'error')) throw configError(findings, hint)
  return [...new Set(findings.map(findingText))]
}

/** Adds the place of a path to a value; undefined stays undefined. */
export const sayAt =
  (locate: Locate) =>
  <T>(value: T | undefined, ...path: Path): Located<T> | undefined =>
    value === undefined ? undefined : {value, place: locate(path)}
