import {Args} from '@oclif/core'
import {KadmCommand} from './base/kadm-command.ts'
import {described, EXITS} from './base/exits.ts'

export class Explain extends KadmCommand {
  static override summary = 'Explain what a phase does, on which hosts, after which phases, and why.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> explain certs', '<%= config.bin %> explain prepare/swap']
  static override args = {
    phase: Args.string({required: true, description: 'a phase or a group of phases; list them with: kadm phase list'}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(Explain)
    const {findPhase, renderPhase} = await import('./runtime/all-phases.ts')
    const found = findPhase(args.phase)
    this.report(found, renderPhase(found, this.terminal.colours))
  }
}
