import {goDuration, parseDuration} from '../../domain/duration.ts'

const HOUR_MS = 3_600_000
/** time.Duration of Go is 64 bits of nanoseconds: about 292 years. */
const LONGEST_HOURS = 2_562_047

/**
 * Hours of a duration as Go and Kubernetes write it, `8760h0m0s`; undefined for any other text, for zero, and for
 * durations that Go cannot hold.
 */
export function parseHours(text: string): number | undefined {
  const hours = (parseDuration(text) ?? 0) / HOUR_MS
  return hours > 0 && hours <= LONGEST_HOURS ? hours : undefined
}

/** The inverse of `parseHours`: whole seconds, as Go prints a duration. */
export const formatHours = (hours: number): string => goDuration(hours * HOUR_MS)

export const durationProblem = (text: string): string | undefined =>
  parseHours(text) === undefined
    ? `'${text}' is not a duration; write hours, minutes and seconds such as 8760h or 1h30m`
    : undefined
