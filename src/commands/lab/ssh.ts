import {KadmCommand} from '../base/kadm-command.ts'
import {machineArg, namedLabArg} from '../flags/lab-flags.ts'
import {described, EXITS} from '../base/exits.ts'

export class LabSsh extends KadmCommand {
  static override summary = 'Log in to a lab machine.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> lab ssh demo master']
  static override args = {lab: namedLabArg, machine: machineArg}

  async run(): Promise<void> {
    const {args} = await this.parse(LabSsh)
    const {sshInto} = await import('../runtime/lab/lab.ts')
    process.exitCode = await sshInto(args.lab, args.machine, [])
  }
}
