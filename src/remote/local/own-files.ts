import {existsSync, readFileSync} from 'node:fs'

const place = (path: string): URL => new URL(`../../../${path}`, import.meta.url)

/**
 * The text of a file that comes with kadm, by its path in the package. `npm run release` puts these files into the program itself: its build
 * replaces this module, so nothing else may look for them.
 */
export const ownFile = (path: string): string => readFileSync(place(path), 'utf8')

/** The commit that this kadm was built from; undefined if it was built outside a git checkout. */
export const ownCommit = (): string | undefined =>
  existsSync(place('dist/commit')) ? ownFile('dist/commit').trim() : undefined
