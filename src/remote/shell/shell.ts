const SAFE = /^[\w@%+=:,./-]+$/

/** Quotes one value for POSIX sh. */
export const quote = (value: string): string => (SAFE.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`)

/** Script text that is inserted unchanged; only `sh` and `raw` create it. */
export class Script {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Value = string | number | Script | readonly (string | number)[]

/** A value in the form that `sh` inserts. */
export const quoted = (value: Value): string => {
  if (value instanceof Script) return value.text
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return String(value)
  return value.map(v => quote(String(v))).join(' ')
}

/** Builds POSIX shell; every value put in is quoted, other scripts are put in as they are. Backslashes are literal. */
export const sh = (text: TemplateStringsArray, ...values: readonly Value[]): Script =>
  new Script(text.raw.reduce((script, part, i) => script + quoted(values[i - 1] ?? '') + part))

export const concat = (scripts: readonly Script[], separator = '\n'): Script =>
  new Script(scripts.map(s => s.text).join(separator))
