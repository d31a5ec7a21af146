import {spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach} from 'vitest'
import type {Script} from '../../src/remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../../src/resources/core/kind.ts'

/** The user that runs the tests, as `chown` takes it. */
export const ME = `${String(process.getuid?.() ?? 0)}:${String(process.getgid?.() ?? 0)}`

/** Where scripts run for real: a temporary folder, a ledger folder, and stand-ins for programs that would change this machine. */
export interface Workbench {
  readonly root: string
  readonly keep: string
  /** Puts a stand-in before the real program; what it was called with goes to the file `calls`. */
  readonly stub: (name: string, body?: string) => void
  readonly run: (script: Script | string) => {readonly code: number; readonly stdout: string; readonly stderr: string}
}

/** Gives a fresh one for each test and removes it after. */
export function workbenches(): () => Workbench {
  const made: string[] = []
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, {recursive: true, force: true, maxRetries: 5})
  })
  return () => {
    const base = mkdtempSync(join(tmpdir(), 'kadm-resources-'))
    made.push(base)
    const root = join(base, 'root')
    const keep = join(base, 'keep')
    const bin = join(base, 'bin')
    for (const folder of [root, keep, bin]) mkdirSync(folder)
    return {
      root,
      keep,
      stub: (name, body = ':') => {
        writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >>${root}/calls\n${body}\n`)
        chmodSync(join(bin, name), 0o755)
      },
      run: script => {
        const env = {...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, BACKUP: keep, LC_ALL: 'C'}
        const input = typeof script === 'string' ? script : script.text
        const {status, stdout, stderr} = spawnSync('sh', ['-s'], {input, env, encoding: 'utf8', timeout: 20_000})
        return {code: status ?? -1, stdout, stderr}
      },
    }
  }
}

/** What the engine does with one resource: look, keep and act as one script, look again; and undo. */
export function lifecycle<R extends ResourceBase, S>(bench: Workbench, kind: Kind<R, S>, resource: R) {
  const look = (): S => {
    const result = bench.run(`( set -u; ${kind.look(resource).text} ) </dev/null || exit 99`)
    if (result.code !== 0 || result.stderr !== '') throw new Error(`look failed: ${result.stderr}`)
    return kind.parse(result.stdout, resource)
  }
  const diff = (): string | undefined => kind.diff(resource, look())
  const change = (script: Script): void => {
    const result = bench.run(`set -eu\n( set -eu; ${script.text}\n) </dev/null >&2`)
    if (result.code !== 0) throw new Error(result.stderr)
  }
  return {
    look,
    diff,
    detail: (): string | undefined => kind.detail?.(resource, look()),
    /** Gives the original, which must survive JSON. */
    apply: (): S => {
      const state = look()
      const keep = kind.backup?.(resource, state)
      if (keep !== undefined) change(keep)
      change(kind.act(resource, state))
      const original: unknown = JSON.parse(JSON.stringify(state))
      return original as S
    },
    undo: (original: S): void => change(kind.revert(resource, kind.ledgerState?.(resource, original) ?? original)),
  }
}
