import {table} from '../../ui/columns.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {described, EXITS} from '../base/exits.ts'

export class LabList extends KadmCommand {
  static override summary = 'List labs and their machines.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> lab list']

  static override flags = outputFlag('name')

  async run(): Promise<void> {
    const {flags} = await this.parse(LabList)
    const {labList} = await import('../../lab/run/lab.ts')
    const labs = await labList()
    const rows = labs.flatMap(lab =>
      lab.machines.map(({name, driver, address, leader}) => [
        lab.name,
        name,
        driver,
        address,
        leader === undefined ? 'off' : 'up',
        lab.kubernetesVersion,
      ]),
    )
    await this.result(
      flags.output,
      {labs},
      rows.length === 0 ? 'no labs found' : table(['lab', 'machine', 'driver', 'address', 'state', 'kubernetes'], rows),
      {names: labs.map(({name}) => `lab/${name}`)},
    )
  }
}
