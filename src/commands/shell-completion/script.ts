import {CHECK_NAMES} from '../../phases/preflight/check-names.ts'
import {paths} from '../../phases/select.ts'
import {applyPhases} from '../../phases/workflows/apply.ts'
import {bashCompletion} from './bash.ts'
import {fishCompletion} from './fish.ts'
import {completableCommands, type DeclaredCommands} from './table.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

/** The completion script of a shell for these commands. */
export function completionScript(shell: Shell, commands: DeclaredCommands): string {
  const table = completableCommands(commands)
  const lists = {phases: paths(applyPhases), checks: CHECK_NAMES}
  return shell === 'fish' ? fishCompletion(table, lists) : bashCompletion(shell, table, lists)
}
