import {table} from '../../ui/columns.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {LAB_EXITS, labArg, labFlags, vmOptions} from '../flags/lab-flags.ts'
import {described} from '../base/exits.ts'

export class LabUp extends KadmCommand {
  static override summary = 'Boot disposable machines on this Linux computer and prepare the software for a cluster.'
  static override description = described(
    'Needs root or sudo. Existing machines and artifacts are kept. The first run builds the artifacts and takes a while. If you interrupt it, run it again; completed steps are skipped.',
    LAB_EXITS,
  )
  static override examples = [
    '<%= config.bin %> lab up',
    '<%= config.bin %> lab up try --machines one,two',
    '<%= config.bin %> lab up vms --driver qemu --cards virtualbox',
  ]
  static override args = {lab: labArg}
  static override flags = labFlags

  async run(): Promise<void> {
    const {args, flags} = await this.parse(LabUp)
    const {bringUp} = await import('../runtime/lab/lab.ts')
    const lab = await bringUp({...flags, vm: vmOptions(flags), lab: args.lab, output: this.output, signal: this.signal})
    const rows = lab.machines.map(({name, address, user}) => [name, address, user])
    this.report(
      {lab},
      `${table(['machine', 'address', 'user'], rows)}\nnext: kadm lab ssh ${lab.name} ${lab.machines[0]?.name ?? ''}`,
    )
  }
}
