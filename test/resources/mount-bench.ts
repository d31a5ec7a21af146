import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach} from 'vitest'
import type {Script} from '../../src/remote/shell/shell.ts'

/** Real mounts need a mount namespace of one's own, which root has, and others only where the kernel lets them. */
export const canMount = spawnSync('unshare', ['-m', 'true']).status === 0

/** A scratch root where scripts run with real mounts that nobody else sees and that end with the script. */
export interface MountBench {
  readonly root: string
  readonly write: (path: string, text: string) => void
  /** undefined where there is no such file. */
  readonly read: (path: string) => string | undefined
  /** Runs `prepare` (mounts; `$ROOT` is the scratch root), then the script as on a host; `after` goes on behind it, whatever it came to. */
  readonly run: (
    script: Script,
    parts?: {readonly prepare?: string; readonly after?: string},
  ) => {readonly code: number; readonly stdout: string; readonly stderr: string}
}

/** Gives a fresh one for each call and removes all after each test. */
export function mountBenches(): () => MountBench {
  const roots: string[] = []
  afterEach(() => {
    for (const root of roots.splice(0)) rmSync(root, {recursive: true, force: true})
  })
  return () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'kadm-mounts-')))
    roots.push(root)
    const real = (path: string): string => join(root, path)
    return {
      root,
      write: (path, text) => {
        mkdirSync(dirname(real(path)), {recursive: true})
        writeFileSync(real(path), text)
      },
      read: path => (existsSync(real(path)) ? readFileSync(real(path), 'utf8') : undefined),
      run: (script, {prepare = ':', after = ':'} = {}) => {
        const input = `set -eu\n${prepare}\nset +e\n( set -eu\n${script.text}\n) </dev/null\ncode=$?\n${after}\nexit $code`
        const {status, stdout, stderr} = spawnSync('unshare', ['-m', '--propagation', 'private', 'sh', '-s'], {
          input,
          env: {...process.env, ROOT: root, LC_ALL: 'C'},
          encoding: 'utf8',
          timeout: 60_000,
        })
        return {code: status ?? -1, stdout, stderr}
      },
    }
  }
}
