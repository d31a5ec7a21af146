import {Flags} from '@oclif/core'

/** The form of a result, as kubectl names it. */
export const resultFlags = {
  output: Flags.option({
    char: 'o',
    options: ['json', 'yaml'] as const,
    summary: 'print the result as one JSON or YAML document; progress stays on stderr',
  })(),
}

/** For a table that has more columns than it shows. */
export const wideResultFlags = {
  output: Flags.option({
    char: 'o',
    options: ['json', 'yaml', 'wide'] as const,
    summary: 'print the result as one JSON or YAML document, or with more columns; progress stays on stderr',
  })(),
}
