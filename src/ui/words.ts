/** `1 change`, `3 changes`. */
export const plural = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? '' : 's'}`

/** How many changes, in words. */
export const changesText = (changes: number): string =>
  changes === 0 ? 'nothing to change' : plural(changes, 'change')

/** The first line of an error, without the host that stands before it already. */
export function firstLine(error: string, host: string): string {
  const [line = ''] = error.split('\n')
  return line.startsWith(`${host}: `) ? line.slice(host.length + 2) : line
}
