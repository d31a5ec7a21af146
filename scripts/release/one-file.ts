import {copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {OVERVIEW} from '../../src/commands/overview.ts'
import type {Bundle} from './bundle.ts'
import {withBlob} from './elf.ts'
import {nodeProgram, TARGETS, type TargetName} from './nodes.ts'
import {manifest} from './places.ts'
import {run} from './program.ts'

/** V8 refuses code that was compiled with other flags, so these are the flags of the finished program too. */
const FLAGS = ['--semi-space-growth-factor=1']

/** Node and kadm in one file for Linux. */
export function linuxFile(target: 'linux-x64' | 'linux-arm64', bundle: Bundle): Buffer {
  const {node} = TARGETS[target]
  return makeBlob(target, bundle, blob => withBlob(readFileSync(nodeProgram(node)), readFileSync(blob)))
}

/** Makes the file that Node reads in itself, and gives its path to `use`: the boot program, kadm, and for the architecture of this machine kadm as V8 compiles it. */
export function makeBlob<T>(target: TargetName, bundle: Bundle, use: (blob: string) => T): T {
  const {builder} = TARGETS[target]
  const folder = mkdtempSync(join(tmpdir(), 'kadm-release-'))
  try {
    const put = (name: string, text: string): void => {
      writeFileSync(join(folder, name), text)
    }
    copyFileSync(join(import.meta.dirname, 'boot.cjs'), join(folder, 'boot.cjs'))
    put('version', manifest.version)
    put('overview', OVERVIEW)
    put('kadm.cjs', `(function (module, exports, require, __filename, __dirname) {${bundle.text}\n})`)
    const assets = ['version', 'overview', 'kadm.cjs', ...(target === 'linux-x64' ? ['code-cache'] : [])]
    if (target === 'linux-x64') compile(nodeProgram(builder), folder)
    const config = {
      main: 'boot.cjs',
      output: 'blob',
      disableExperimentalSEAWarning: true,
      useCodeCache: false,
      useSnapshot: false,
      execArgv: FLAGS,
      execArgvExtension: 'none',
      assets: Object.fromEntries(assets.map(name => [name, name])),
    }
    put('sea.json', JSON.stringify(config))
    run(nodeProgram(builder), ['--experimental-sea-config', 'sea.json'], {cwd: folder})
    return use(join(folder, 'blob'))
  } finally {
    rmSync(folder, {recursive: true})
  }
}

/** `--predictable` makes V8 compile the same bytes each time. */
function compile(node: string, folder: string): void {
  copyFileSync(join(import.meta.dirname, 'code-cache.cjs'), join(folder, 'code-cache.cjs'))
  run(node, ['--predictable', ...FLAGS, 'code-cache.cjs'], {cwd: folder})
}
