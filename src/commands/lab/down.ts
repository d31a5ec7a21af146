import {Args, Flags} from '@oclif/core'
import {KadmError} from '../../domain/errors.ts'
import {confirm} from '../../ui/ask.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {DEFAULT_LAB} from '../flags/lab-flags.ts'
import {yesFlag} from '../flags/phase-flags.ts'
import {described, EXITS} from '../base/exits.ts'

export class LabDown extends KadmCommand {
  static override summary = 'Power off a lab and delete its machines, disks and networks.'
  static override description = described('Built artifacts stay in the cache.', EXITS.none)
  static override examples = ['<%= config.bin %> lab down demo', '<%= config.bin %> lab down --all --yes']
  static override args = {lab: Args.string({description: `name of the lab; the default is ${DEFAULT_LAB}`})}
  static override flags = {all: Flags.boolean({summary: 'every lab'}), ...yesFlag}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(LabDown)
    if (flags.all && args.lab !== undefined) throw new KadmError('usage', 'name a lab or pass --all, not both')
    const [{labList}, {labDown}] = await Promise.all([
      import('../../lab/run/lab.ts'),
      import('../../lab/run/lab-down.ts'),
    ])
    const labs = flags.all ? (await labList()).map(({name}) => name) : [args.lab ?? DEFAULT_LAB]
    const question = {
      message: `Delete lab ${labs.join(', ')}? Its machines and their disks are deleted.`,
      flag: '--yes',
    }
    if (labs.length > 0 && !flags.yes && !(await confirm(this.terminal, question))) {
      throw new KadmError('cancelled', 'nothing was removed')
    }
    for (const lab of labs) await labDown(lab)
    this.report({removed: labs}, labs.length === 0 ? 'no labs found' : labs.map(lab => `removed lab ${lab}`).join('\n'))
  }
}
