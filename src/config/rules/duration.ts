const UNIT_SECONDS = {h: 3600, m: 60, s: 1} as const
/** time.Duration of Go is 64 bits of nanoseconds: about 292 years. */
const LONGEST_HOURS = 2_562_047

/**
 * Hours of a duration as Go and Kubernetes write it, `8760h0m0s`; undefined for any other text, for zero, and for
 * durations that Go cannot hold.
 */
export function parseHours(text: string): number | undefined {
  if (!/^(\d+[hms])+$/.test(text)) return undefined
  let seconds = 0
  for (const [, count, unit] of text.matchAll(/(\d+)([hms])/g)) seconds += Number(count) * secondsOf(unit)
  const hours = seconds / UNIT_SECONDS.h
  return hours > 0 && hours <= LONGEST_HOURS ? hours : undefined
}

const secondsOf = (unit: string | undefined): number =>
  unit === 'h' || unit === 'm' || unit === 's' ? UNIT_SECONDS[unit] : 0

/** The inverse of `parseHours`: whole seconds, as Go prints a duration. */
export function formatHours(hours: number): string {
  const seconds = Math.round(hours * UNIT_SECONDS.h)
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`
}

export const durationProblem = (text: string): string | undefined =>
  parseHours(text) === undefined
    ? `'${text}' is not a duration; write hours, minutes and seconds such as 8760h or 1h30m`
    : undefined
