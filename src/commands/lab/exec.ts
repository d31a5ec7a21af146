import {Args} from '@oclif/core'
import {KadmCommand} from '../base/kadm-command.ts'
import {machineArg, namedLabArg} from '../flags/lab-flags.ts'
import {described, EXITS} from '../base/exits.ts'

export class LabExec extends KadmCommand {
  static override summary = 'Run a command on a lab machine, as its login user.'
  static override description = described('kadm exits with the exit code of the command.', EXITS.none)
  static override examples = ['<%= config.bin %> lab exec demo master -- sudo kubectl get nodes']
  static override args = {
    lab: namedLabArg,
    machine: machineArg,
    command: Args.string({multiple: true, required: true, description: 'the command and its arguments, after --'}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(LabExec)
    const [{sshInto}, {quote}] = await Promise.all([
      import('../runtime/lab/lab.ts'),
      import('../../remote/shell/shell.ts'),
    ])
    process.exitCode = await sshInto(args.lab, args.machine, args.command.map(quote))
  }
}
