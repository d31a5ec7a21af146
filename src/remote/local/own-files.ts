import {readFileSync} from 'node:fs'

/**
 * The text of a file that comes with kadm, by its path in the package. `npm run release` puts these files into the program itself: its build
 * replaces this module, so nothing else may look for them.
 */
export const ownFile = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
