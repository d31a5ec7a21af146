import {cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {OVERVIEW} from '../../src/commands/overview.ts'
import type {Bundle} from './bundle.ts'
import {filesBelow, manifest, RELEASE, ROOT} from './places.ts'
import {run} from './program.ts'

const COPIED = ['bin', 'share', 'README.md', 'CHANGELOG.md', 'LICENSE'] as const

/** The bundle is CommonJS; `bin/run.js` imports the modules that a checkout has in their place. */
const MAIN = `import {createRequire} from 'node:module'
export const {runKadm} = createRequire(import.meta.url)('../kadm.cjs')
`

/** Packs kadm with its libraries inside: nothing is installed with it, and no script runs when it is. */
export function npmPackage(bundle: Bundle, licenses: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-release-'))
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), {recursive: true})
    const {name, version, description, license, engines} = manifest
    const published = {
      name,
      version,
      description,
      license,
      type: 'module',
      bin: {kadm: 'bin/run.js'},
      man: filesBelow('share/man').map(path => `./${path}`),
      engines,
    }
    const files = {
      'package.json': `${JSON.stringify(published, undefined, 2)}\n`,
      'dist/commands/main.js': MAIN,
      'dist/commands/overview.js': `export const OVERVIEW = ${JSON.stringify(OVERVIEW)}\n`,
      'dist/kadm.cjs': bundle.text,
      'THIRD-PARTY-LICENSES.txt': licenses,
    }
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), {recursive: true})
      writeFileSync(join(folder, path), text)
    }
    run('npm', ['pack', '--silent', '--pack-destination', RELEASE], {cwd: folder})
  } finally {
    rmSync(folder, {recursive: true})
  }
}
