import {execFileSync} from 'node:child_process'

interface Options {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end and gives what it printed; what it says on stderr is shown. */
export const run = (program: string, args: readonly string[], {cwd, env = {}}: Options = {}): string =>
  execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: {...process.env, LC_ALL: 'C.UTF-8', ...env},
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  })
