import {goDuration} from '../../domain/duration.ts'

const NANOSECONDS = {h: 3_600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, μs: 1e3, ns: 1} as const
const HOUR = NANOSECONDS.h
/** time.Duration of Go is 64 bits of nanoseconds: about 292 years. */
const LONGEST = 2 ** 63

/** Nanoseconds of a duration as Go's time.ParseDuration reads it: `1h30m`, `1.5h`, `100ms`, `0`; undefined for anything else. */
export function parseGoDuration(text: string): number | undefined {
  const [, sign = '', body = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
  if (body === '0') return 0
  if (!/^((\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns))+$/.test(body)) return undefined
  let sum = 0
  for (const [, count, unit] of body.matchAll(/([\d.]+)(h|ms|m|s|us|µs|μs|ns)/g)) sum += Number(count) * sizeOf(unit)
  return sum >= LONGEST ? undefined : sign === '-' ? -sum : sum
}

function sizeOf(unit: string | undefined): number {
  const found = Object.entries(NANOSECONDS).find(([name]) => name === unit)
  return found === undefined ? 0 : found[1]
}

/**
 * Hours of a duration as Go and Kubernetes write it, `8760h0m0s`; undefined for any other text, for zero, and for
 * durations that Go cannot hold.
 */
export function parseHours(text: string): number | undefined {
  const found = parseGoDuration(text)
  return found === undefined || found <= 0 ? undefined : found / HOUR
}

/** The inverse of `parseHours`. */
export const formatHours = (hours: number): string => goDuration(hours * 3_600_000)

export const durationProblem = (text: string): string | undefined =>
  parseHours(text) === undefined
    ? `'${text}' is not a duration; write hours, minutes and seconds such as 8760h or 1h30m`
    : undefined
