import {stringify} from 'yaml'

/** The one way kadm writes YAML: every string quoted, so that no reader takes one for a number, a date or a boolean. */
export const toYaml = (value: object): string =>
  stringify(value, {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })

/** Several objects as one file. */
export const toYamlDocuments = (values: readonly object[]): string => values.map(toYaml).join('---\n')
