import {stringify} from 'yaml'

/** How kadm writes YAML: every string quoted, so that no reader takes one for a number, a date or a boolean. */
export const YAML_STYLE = {
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'PLAIN',
  lineWidth: 0,
} as const

/** One object as text. */
export const toYaml = (value: object): string => stringify(value, {...YAML_STYLE, aliasDuplicateObjects: false})

/** Several objects as one file. */
export const toYamlDocuments = (values: readonly object[]): string => values.map(toYaml).join('---\n')
