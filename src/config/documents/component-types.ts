import {parseGoDuration} from '../rules/duration.ts'
import {described} from './described.ts'

/** What is wrong with a value of one Go type and how to write it; undefined when Go would read it. `null` says nothing. */
export function typeProblem(type: string, value: unknown): string | undefined {
  if (value === null) return undefined
  const plain = type.replace(/^\*/, '')
  const form = FORMS[plain]
  if (form === undefined) throw new Error(`no form for the Go type ${type}`)
  return form.fits(value) ? undefined : `must be ${form.words}, not ${described(value)}${asText(plain, value)}`
}

interface Form {
  readonly fits: (value: unknown) => boolean
  readonly words: string
}

const isWhole = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most

const isDuration = (value: unknown): boolean => typeof value === 'string' && parseGoDuration(value) !== undefined

/** k8s.io/apimachinery, resource.Quantity. */
const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?\d+)?$/
const isQuantity = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && QUANTITY.test(value))

const FORMS: Readonly<Record<string, Form>> = {
  string: {fits: value => typeof value === 'string', words: 'text'},
  bool: {fits: value => typeof value === 'boolean', words: 'true or false'},
  int32: {fits: value => isWhole(value, -(2 ** 31), 2 ** 31 - 1), words: 'a whole number'},
  int64: {fits: value => isWhole(value, -(2 ** 63), 2 ** 63), words: 'a whole number'},
  uint32: {fits: value => isWhole(value, 0, 2 ** 32 - 1), words: 'a whole number of at least 0'},
  float32: {fits: value => typeof value === 'number', words: 'a number'},
  float64: {fits: value => typeof value === 'number', words: 'a number'},
  duration: {fits: isDuration, words: 'a duration such as 10s or 1h30m'},
  timeOrDuration: {fits: value => typeof value === 'number' || isDuration(value), words: 'a duration such as 10s'},
  quantity: {fits: isQuantity, words: 'a quantity such as 500m or 1Gi'},
  time: {
    fits: value => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
    words: 'a time such as 2027-01-31T12:00:00Z',
  },
}

/** A number or truth value where text belongs needs quotes, and text where a number belongs needs none. */
function asText(type: string, value: unknown): string {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return `; write it in quotes: "${String(value)}"`
  if (typeof value !== 'string' || !/^(u?int|float|bool)/.test(type)) return ''
  const bare =
    type === 'bool'
      ? /^(true|false)$/.test(value)
      : value.trim() !== '' && typeProblem(type, Number(value)) === undefined
  return bare ? `; write it without quotes: ${value}` : ''
}
