import {readdirSync, readFileSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'

/** The checkout. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** Where a release is made; git ignores it. */
export const RELEASE = join(ROOT, 'release')

/** Downloaded Node packages. */
export const NODE_CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kadm', 'node')

export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly engines: Readonly<Record<string, string>>
}

/** kadm's package.json. */
export const manifest = JSON.parse(readText('package.json')) as Manifest

/** Files below a folder of the checkout, as paths in the checkout. */
export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort()

/** The files that kadm reads at run time, as paths in the package. */
export const ownFilePaths = (): readonly string[] => ['package.json', ...filesBelow('templates')]
