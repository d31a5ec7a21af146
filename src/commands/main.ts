import {Errors, flush, run} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import {nearest} from '../domain/nearest.ts'
import {exitCodeOf} from '../ui/exit-code.ts'
import {renderError} from '../ui/render-error.ts'
import {terminal} from '../ui/terminal.ts'
import {COMMANDS} from './index.ts'
import {ownConfig} from './own-config.ts'

/**
 * Finds and runs a command. Commands report their own errors; this handles an unknown command.
 */
export async function runKadm(argv: readonly string[], root: string): Promise<void> {
  try {
    const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv]
    await run(words, await ownConfig(root))
    await flush()
  } catch (thrown) {
    if (thrown instanceof Errors.ExitError) {
      process.exitCode = thrown.oclif.exit ?? 0
      return
    }
    const error = thrown instanceof Errors.CLIError ? noSuchCommand(argv) : thrown
    process.stderr.write(
      `${renderError(error, terminal(process, {color: !argv.includes('--no-color')}).stderrColours)}\n`,
    )
    process.exitCode = exitCodeOf(error)
  }
}

/** Suggests the closest command name. */
export function noSuchCommand(argv: readonly string[]): KadmError {
  const end = argv.findIndex(word => word.startsWith('-'))
  const words = argv.slice(0, end < 0 ? undefined : end)
  const known = Object.keys(COMMANDS).map(id => id.replaceAll(':', ' '))
  const near = nearest(words.slice(0, 2).join(' '), known) ?? nearest(words[0] ?? '', known)
  return new KadmError('usage', `unknown command '${words.join(' ')}'`, {
    hint: near === undefined ? 'list them with: kadm --help' : `did you mean: kadm ${near}`,
  })
}
