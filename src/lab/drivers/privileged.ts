import {KadmError} from '../../domain/errors.ts'
import type {Script} from '../../remote/shell/shell.ts'
import {mustRun, run, type ProgramOptions} from './program.ts'

const isRoot = (): boolean => process.getuid?.() === 0

/** Runs a script as root on this machine: directly, or by sudo without asking. Gives what it printed. */
export async function asRoot(what: string, script: Script, options: ProgramOptions = {}): Promise<string> {
  const input = `set -eu\nPATH=$PATH:/usr/sbin:/sbin\n${script.text}\n`
  if (isRoot()) return mustRun(what, '/bin/sh', ['-s'], {...options, input})
  await requireSudo(what)
  return mustRun(what, 'sudo', ['-n', '/bin/sh', '-s'], {...options, input})
}

async function requireSudo(what: string): Promise<void> {
  const answer = await run('sudo', ['-n', 'true']).catch(() => undefined)
  if (answer?.code === 0) return
  throw new KadmError('preflight', `${what}: this needs root`, {
    hint: "run 'sudo -v', then run the same command again; or run it as root",
  })
}
