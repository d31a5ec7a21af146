import {Args, Flags} from '@oclif/core'
import {KadmError} from '../../domain/errors.ts'
import {confirm} from '../../ui/ask.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {DEFAULT_LAB} from '../flags/lab-flags.ts'
import {yesFlag} from '../flags/phase-flags.ts'
import {described, EXITS} from '../base/exits.ts'

export class LabDown extends KadmCommand {
  static override summary = 'Power a lab off and remove everything that was made for it.'
  static override description = described('Built artifacts stay in the cache for the next time.', EXITS.none)
  static override examples = ['<%= config.bin %> lab down demo', '<%= config.bin %> lab down --all --yes']
  static override args = {lab: Args.string({description: `name of the lab; ${DEFAULT_LAB} when left out`})}
  static override flags = {all: Flags.boolean({summary: 'every lab'}), ...yesFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(LabDown)
    if (flags.all && args.lab !== undefined) throw new KadmError('usage', 'name a lab or give --all, not both')
    const [{labList}, {labDown}] = await Promise.all([
      import('../../lab/run/lab.ts'),
      import('../../lab/run/lab-down.ts'),
    ])
    const labs = flags.all ? (await labList()).map(({name}) => name) : [args.lab ?? DEFAULT_LAB]
    const question = {message: `remove ${labs.join(', ')} and everything on it?`, flag: '--yes'}
    if (labs.length > 0 && !flags.yes && !(await confirm(this.terminal, question))) {
      throw new KadmError('cancelled', 'nothing was removed')
    }
    for (const lab of labs) await labDown(lab)
    this.report(
      {removed: labs},
      labs.length === 0 ? 'there is no lab' : labs.map(lab => `removed lab ${lab}`).join('\n'),
    )
  }
}
