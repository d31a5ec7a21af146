import {chmodSync, copyFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Bundle} from './bundle.ts'
import {nodeProgram, TARGETS} from './nodes.ts'
import {makeBlob} from './one-file.ts'
import {RELEASE, ROOT} from './places.ts'
import {run} from './program.ts'

const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/** Node and kadm in one file for Windows or macOS, without a signature. Nothing of it can be run where it is made. */
export function foreignFile(target: 'win-x64' | 'darwin-arm64', bundle: Bundle, name: string): void {
  const file = join(RELEASE, name)
  copyFileSync(nodeProgram(TARGETS[target].node), file)
  chmodSync(file, 0o755)
  const segment = target === 'darwin-arm64' ? ['--macho-segment-name', 'NODE_SEA'] : []
  makeBlob(target, bundle, blob => {
    const args = [file, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE, ...segment]
    run(process.execPath, [join(ROOT, 'node_modules', 'postject', 'dist', 'cli.js'), ...args])
  })
}
