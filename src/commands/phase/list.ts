import {Flags} from '@oclif/core'
import {table} from '../../ui/columns.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {described, EXITS} from '../base/exits.ts'

export class PhaseList extends KadmCommand {
  static override summary = 'List the phases of a command, in order.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> phase list', '<%= config.bin %> phase list --of join']
  static override flags = {
    of: Flags.option({
      options: ['apply', 'init', 'join'] as const,
      default: 'apply' as const,
      summary: 'the command',
    })(),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(PhaseList)
    const {WORKFLOWS, describeSteps} = await import('../runtime/all-phases.ts')
    const phases = describeSteps(WORKFLOWS[flags.of])
    this.report(
      {phases},
      table(
        ['phase', 'hosts', 'what it does'],
        phases.map(({path, where, title}) => [path, where, title]),
      ),
    )
  }
}
