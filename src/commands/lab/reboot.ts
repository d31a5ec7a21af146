import {KadmCommand} from '../base/kadm-command.ts'
import {machineArg, namedLabArg} from '../flags/lab-flags.ts'
import {described, EXITS} from '../base/exits.ts'

export class LabReboot extends KadmCommand {
  static override summary = 'Reboot a lab machine and wait until you can log in.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> lab reboot demo worker-1']
  static override args = {lab: namedLabArg, machine: machineArg}

  async run(): Promise<void> {
    const {args} = await this.parse(LabReboot)
    const {labReboot} = await import('../../lab/run/lab-power.ts')
    await labReboot(args.lab, args.machine, this.signal)
    this.report({lab: args.lab, machine: args.machine}, `${args.machine} is up again`)
  }
}
