import {readdirSync} from 'node:fs'
import {join} from 'node:path'

/** The checkout. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** Where a release is made; git ignores it. */
export const RELEASE = join(ROOT, 'release')

/** The files that kadm reads at run time, as paths in the package. */
export const ownFilePaths = (): readonly string[] => [
  'package.json',
  ...readdirSync(join(ROOT, 'templates'), {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort(),
]
