import type {OutputForm} from '../flags/output-flag.ts'

/** The texts of a result for `-o name` and `-o wide`. */
export interface ResultForms {
  readonly names?: readonly string[]
  readonly wide?: string
}

/** A result as text in the given form; the plain text without a form. */
export async function resultText(
  form: OutputForm | undefined,
  data: object,
  text: string,
  {names = [], wide = text}: ResultForms = {},
): Promise<string> {
  switch (form) {
    case undefined:
      return text
    case 'wide':
      return wide
    case 'name':
      return names.join('\n')
    case 'json':
      return JSON.stringify(data, undefined, 2)
    case 'yaml': {
      const {stringify} = await import('yaml')
      return stringify(JSON.parse(JSON.stringify(data)), {lineWidth: 0, aliasDuplicateObjects: false}).trimEnd()
    }
  }
}
