import type {Taint} from '../../domain/cluster.ts'
import {labelKeyProblem, labelValueProblem} from './rules.ts'

export const TAINT_EFFECTS = [
  'NoSchedule',
  'PreferNoSchedule',
  'NoExecute',
] as const satisfies readonly Taint['effect'][]

const FORM = /^([^=:]+)(?:=([^=:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/

/** What is wrong with a taint in kubectl's form. */
export function taintProblem(text: string): string | undefined {
  const [, key, value] = FORM.exec(text) ?? []
  if (key === undefined)
    return `'${text}' is not a taint; write key=value:effect or key:effect, with the effect ${TAINT_EFFECTS.join(', ')}`
  return labelKeyProblem(key) ?? (value === undefined ? undefined : labelValueProblem(value))
}

/** `key=value:effect` or `key:effect`; undefined for what `taintProblem` refuses. */
export function parseTaint(text: string): Taint | undefined {
  const [, key, value, effect] = FORM.exec(text) ?? []
  const known = TAINT_EFFECTS.find(name => name === effect)
  if (key === undefined || known === undefined || taintProblem(text) !== undefined) return undefined
  return {key, value: value === '' ? undefined : value, effect: known}
}

/** The inverse of `parseTaint`. */
export const formatTaint = (taint: Taint): string =>
  `${taint.key}${taint.value === undefined ? '' : `=${taint.value}`}:${taint.effect}`
