import {timeTaken} from '../domain/duration.ts'

/** `1 change`, `3 changes`. */
export const plural = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? '' : 's'}`

const MOST_NAMED = 5

/** `a, b, c, d, e and 25 more`. */
export const someOf = (all: readonly string[]): string =>
  all.length <= MOST_NAMED
    ? all.join(', ')
    : `${all.slice(0, MOST_NAMED).join(', ')} and ${String(all.length - MOST_NAMED)} more`

/** How many changes, in words. */
export const changesText = (changes: number): string =>
  changes === 0 ? 'nothing to change' : plural(changes, 'change')

/** The changes and the time they took: `3 changes, 12 s`, or `done, 12 s` for a phase that never changes anything. */
export const doneText = (changes: number | undefined, durationMs: number): string =>
  `${changes === undefined ? 'done' : changesText(changes)}, ${timeTaken(durationMs)}`

/** The first line of an error, without the host prefix. */
export function firstLine(error: string, host: string): string {
  const [line = ''] = error.split('\n')
  return line.startsWith(`${host}: `) ? line.slice(host.length + 2) : line
}
