import {Flags} from '@oclif/core'
import {table} from '../../ui/columns.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {described, EXITS} from '../base/exits.ts'

export class PhaseList extends KadmCommand {
  static override summary = 'List the phases of a command, in order.'
  static override description = described('', EXITS.none)
  static override examples = [
    '<%= config.bin %> phase list',
    '<%= config.bin %> phase list --of join',
    '<%= config.bin %> phase list -o wide',
  ]
  static override flags = {
    of: Flags.option({
      options: ['apply', 'init', 'join'] as const,
      default: 'apply' as const,
      summary: 'the command',
    })(),
    ...outputFlag('name', 'wide'),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(PhaseList)
    const {WORKFLOWS, describeSteps} = await import('../runtime/all-phases.ts')
    const phases = describeSteps(WORKFLOWS[flags.of])
    await this.result(
      flags.output,
      {phases},
      table(
        ['phase', 'hosts', 'what it does'],
        phases.map(({path, where, title}) => [path, where, title]),
      ),
      {
        names: phases.map(({path}) => path),
        wide: table(
          ['phase', 'hosts', 'after', 'what it does', 'why'],
          phases.map(({path, where, needs, title, why}) => [path, where, needs.join(','), title, why]),
        ),
      },
    )
  }
}
