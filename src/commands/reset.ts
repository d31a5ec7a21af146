import {Args, Flags} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import {confirm} from '../ui/ask.ts'
import {plural} from '../ui/words.ts'
import {ChangeCommand} from './base/change-command.ts'
import {fileFlag} from './flags/cluster-flags.ts'
import {described, EXITS} from './base/exits.ts'
import {takeLeaseFlag, yesFlag} from './flags/phase-flags.ts'
import {sshFlags} from './flags/ssh-flags.ts'

export class Reset extends ChangeCommand {
  static override summary = 'Take machines out of their cluster and put them back as they were.'
  static override description = described(
    'What kadm changed is put back to the first original it kept on each machine; what others changed since is left and named. With --to the cluster first moves the pods away and forgets the node. Without machines it is for all of the file, else for the machine it runs on.',
    EXITS.change,
  )
  static override examples = [
    '<%= config.bin %> reset ubuntu@10.0.0.12 --to ubuntu@10.0.0.10',
    '<%= config.bin %> reset worker-2 -f kadm.yaml',
    '<%= config.bin %> reset -f kadm.yaml --yes',
  ]
  static override args = {
    host: Args.string({multiple: true, description: "machines: [user@]host[:port], or with --file the file's names"}),
  }
  static override flags = {
    to: Flags.string({helpValue: 'HOST', summary: 'a control plane that stays: [user@]host[:port]'}),
    file: fileFlag,
    ...yesFlag,
    ...takeLeaseFlag,
    ...sshFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Reset)
    const [{resetRequest}, {hostLabel}, {resetWorkflow}] = await Promise.all([
      import('./runtime/requests/reset-request.ts'),
      import('./runtime/wiring/connector.ts'),
      import('../engine/workflows/reset.ts'),
    ])
    const request = await resetRequest(args.host ?? [], flags)
    const question = {message: `reset ${request.cluster.hosts.map(hostLabel).join(', ')}?`, flag: '--yes'}
    if (!flags.yes && !(await confirm(this.terminal, question))) throw new KadmError('cancelled', 'nothing was reset')
    const {hosts} = await this.showing(async view =>
      resetWorkflow(await this.prepare({command: 'reset', phases: [], ...request}, flags, view.emit)),
    )
    const lines = hosts.flatMap(({host, undone, left}) => [
      `${host}: ${plural(undone.length, 'thing')} put back`,
      ...left.map(({id, because}) => `${host}: ${id} was left: ${because}`),
    ])
    this.report({hosts}, lines.join('\n'))
  }
}
