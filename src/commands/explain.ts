import {Args} from '@oclif/core'
import {KadmCommand} from './base/kadm-command.ts'
import {outputFlag} from './flags/output-flag.ts'
import {described, EXITS} from './base/exits.ts'

export class Explain extends KadmCommand {
  static override summary = 'Explain what a phase does, on which hosts, after which phases, and why.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> explain certs', '<%= config.bin %> explain prepare/swap']
  static override args = {
    phase: Args.string({required: true, description: 'a phase or a group of phases; list them with: kadm phase list'}),
  }
  static override flags = outputFlag('name')

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Explain)
    const {findPhase, renderPhase} = await import('./runtime/all-phases.ts')
    const found = findPhase(args.phase)
    await this.result(flags.output, found, renderPhase(found, this.terminal.colours), {
      names: found.parts.length === 0 ? [found.path] : found.parts.map(({path}) => path),
    })
  }
}
