/**
 * Exit codes beyond 0 (done), 2 (wrong usage or configuration) and 70 (bug), by where they come from; EXIT in
 * src/domain/errors.ts.
 */
export const EXITS = {
  none: {},
  connect: {
    4: 'a machine or the API cannot be reached',
    5: 'a machine refused something',
    10: 'the connection to a machine was lost',
    130: 'stopped by Ctrl-C',
  },
  restore: {9: 'a change was not restored, because this kadm cannot read its entry in the undo data'},
  broken: {9: 'something is missing or does not work'},
  preflight: {3: 'preflight found errors'},
  change: {
    3: 'preflight found errors',
    4: 'a machine or the API cannot be reached',
    5: 'a machine refused a change',
    6: 'something did not start in time',
    8: 'another run holds the lease of a machine',
    10: 'the connection to a machine was lost',
    130: 'stopped by Ctrl-C',
  },
} as const satisfies Record<string, Readonly<Record<number, string>>>

const COMMON = {0: 'done', 2: 'wrong usage or configuration', 70: 'a bug in kadm'} as const

/** A command's description with the meaning of its exit codes. */
export function described(text: string, exits: Readonly<Record<number, string>>): string {
  const codes = Object.entries({...COMMON, ...exits}).map(([code, meaning]) => `${code} ${meaning}`)
  return `${text}${text === '' ? '' : '\n\n'}Exit codes: ${codes.join('; ')}.`
}
