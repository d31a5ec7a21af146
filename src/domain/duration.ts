const UNIT_MS = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000} as const

type Unit = keyof typeof UNIT_MS

/** Milliseconds of a duration such as `90s` or `1h30m`, with these units; undefined for any other text. */
export function parseDuration(text: string, units: readonly Unit[] = ['h', 'm', 's']): number | undefined {
  const parts = [...text.matchAll(/(\d+)([a-z]+)/g)].map(([whole, count, name]) => ({
    whole,
    count: Number(count),
    unit: units.find(unit => unit === name),
  }))
  if (parts.length === 0 || parts.map(({whole}) => whole).join('') !== text) return undefined
  return parts.reduce<number | undefined>(
    (sum, {count, unit}) => (sum === undefined || unit === undefined ? undefined : sum + count * UNIT_MS[unit]),
    0,
  )
}

/** A duration in milliseconds as Go reads it: `8760h0m0s`, `0h0m0.5s`, `-0h5m0s`. */
export function goDuration(ms: number): string {
  if (ms < 0) return `-${goDuration(-ms)}`
  const whole = Math.round(ms)
  const seconds = (whole % 60_000) / 1000
  return `${Math.floor(whole / 3_600_000)}h${Math.floor((whole % 3_600_000) / 60_000)}m${seconds}s`
}

/** The time that something took, for people; the input is in milliseconds: `0.3s`, `12s`, `1m 02s`, `1h 05m`. */
export function timeTaken(ms: number): string {
  if (ms < 9950) return `${(Math.max(0, ms) / 1000).toFixed(1)}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${String(seconds)}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${String(minutes)}m ${String(seconds % 60).padStart(2, '0')}s`
  return `${String(Math.floor(minutes / 60))}h ${String(minutes % 60).padStart(2, '0')}m`
}

/** The age of something, for people; the input is in milliseconds: `45 s`, `12 min`, `3 h`, `2 days`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${String(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${String(minutes)} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${String(hours)} h` : `${String(Math.round(hours / 24))} days`
}
