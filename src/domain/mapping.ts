/** A value of JSON or YAML with keys, as it was parsed. */
export type Mapping = Readonly<Record<string, unknown>>

/** Whether a parsed value has keys; a list has none. */
export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
