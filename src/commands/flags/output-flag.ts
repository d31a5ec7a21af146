import {Flags} from '@oclif/core'

/** Forms of a result besides the text, by kubectl's names. */
export const OUTPUT_FORMS = ['json', 'yaml', 'name', 'wide'] as const

export type OutputForm = (typeof OUTPUT_FORMS)[number]

/** `-o` for a command that prints a result; `name` and `wide` where the result has such a form. */
export const outputFlag = (...more: readonly ('name' | 'wide')[]) => ({
  output: Flags.option({
    char: 'o',
    options: ['json', 'yaml', ...more] as readonly OutputForm[],
    exclusive: ['json'],
    summary: 'print the result in another format',
    helpGroup: 'GLOBAL',
  })(),
})
