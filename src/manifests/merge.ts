type Plain = Readonly<Record<string, unknown>>

/** `over` applied to `base`: maps are merged key by key, every other value is replaced; null says nothing. */
export function deepMerge(base: Plain, over: Plain): Plain {
  const merged: Record<string, unknown> = {...base}
  for (const [key, value] of Object.entries(over)) {
    if (value === null || value === undefined) continue
    const old = merged[key]
    merged[key] = isPlain(old) && isPlain(value) ? deepMerge(old, value) : value
  }
  return merged
}

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)
