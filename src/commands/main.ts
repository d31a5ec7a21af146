import {Errors, flush, run} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import {nearest} from '../domain/nearest.ts'
import {exitCodeOf} from '../ui/exit-code.ts'
import {renderError} from '../ui/render-error.ts'
import {terminal} from '../ui/terminal.ts'
import {COMMANDS} from './index.ts'

/** Finds and runs a command. Commands tell their own failures; what is caught here is that there was no such command. */
export async function runKadm(argv: readonly string[], root: string): Promise<void> {
  try {
    await run([...argv], {
      root,
      pluginAdditions: {core: ['@oclif/plugin-help', '@oclif/plugin-autocomplete'], path: root},
    })
    await flush()
  } catch (thrown) {
    if (thrown instanceof Errors.ExitError) {
      process.exitCode = thrown.oclif.exit ?? 0
      return
    }
    const error = thrown instanceof Errors.CLIError ? noSuchCommand(argv) : thrown
    process.stderr.write(`${renderError(error, terminal(process, {color: !argv.includes('--no-color')}).colours)}\n`)
    process.exitCode = exitCodeOf(error)
  }
}

/** Names the command that was most likely meant. */
export function noSuchCommand(argv: readonly string[]): KadmError {
  const end = argv.findIndex(word => word.startsWith('-'))
  const words = argv.slice(0, end < 0 ? undefined : end)
  const known = Object.keys(COMMANDS).map(id => id.replaceAll(':', ' '))
  const near = nearest(words.slice(0, 2).join(' '), known) ?? nearest(words[0] ?? '', known)
  return new KadmError('usage', `there is no command '${words.join(' ')}'`, {
    hint: near === undefined ? 'list them with: kadm --help' : `did you mean: kadm ${near}`,
  })
}
