import {Args, Flags} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import {confirm} from '../ui/ask.ts'
import {resetExitCode, resetLines} from '../ui/render-reset.ts'
import {ChangeCommand} from './base/change-command.ts'
import {fileFlag} from './flags/cluster-flags.ts'
import {described, EXITS} from './base/exits.ts'
import {takeLeaseFlag, yesFlag} from './flags/phase-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {sshFlags} from './flags/ssh-flags.ts'

export class Reset extends ChangeCommand {
  static override summary = 'Remove Kubernetes from machines and restore their original state.'
  static override description = described(
    'Restores everything that kadm changed on each machine to its original state. If you or another program changed something after kadm did, kadm leaves it unchanged and names it. With --to, kadm first drains the node and deletes its Node object. Without arguments, kadm resets the machines in the file, or this machine if there is no file.',
    {...EXITS.change, ...EXITS.restore},
  )
  static override examples = [
    '<%= config.bin %> reset ubuntu@10.0.0.12 --to ubuntu@10.0.0.10',
    '<%= config.bin %> reset worker-2 -f kadm.yaml',
    '<%= config.bin %> reset -f kadm.yaml --yes',
  ]
  static override args = {
    host: Args.string({multiple: true, description: 'machines: [user@]host[:port]; with --file, names in the file'}),
  }
  static override flags = {
    to: Flags.string({helpValue: 'HOST', summary: 'a control plane that stays in the cluster: [user@]host[:port]'}),
    file: fileFlag,
    ...yesFlag,
    ...takeLeaseFlag,
    ...sshFlags,
    ...outputFlag(),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Reset)
    const [{resetRequest}, {hostLabel}, {resetWorkflow}] = await Promise.all([
      import('./runtime/requests/reset-request.ts'),
      import('./runtime/wiring/connector.ts'),
      import('../engine/workflows/reset.ts'),
    ])
    const request = await resetRequest(args.host ?? [], flags)
    const question = {message: questionFor(request.cluster.hosts.map(hostLabel)), flag: '--yes'}
    if (!flags.yes && !(await confirm(this.terminal, question))) throw new KadmError('cancelled', 'nothing was reset')
    const {result, report} = await this.reported('reset', flags, async emit => {
      const options = await this.prepare({command: 'reset', phases: [], ...request}, flags, emit)
      return resetWorkflow({...options, remaining: request.remaining})
    })
    const {hosts} = result
    const exitCode = resetExitCode(hosts)
    const whole = report.hosts.map(one => ({...one, ...hosts.find(({host}) => host === one.host)}))
    await this.result(flags.output, {command: 'reset', exitCode, ...report, hosts: whole}, resetLines(hosts).join('\n'))
    if (exitCode !== 0) process.exitCode = exitCode
  }
}

/** Says what a reset deletes. Without a file kadm does not know yet which machine is a control plane. */
const questionFor = (hosts: readonly string[]): string =>
  `Reset ${hosts.join(', ')}? Kubernetes is removed, all pods on ${hosts.length === 1 ? 'this machine' : 'these machines'} and the etcd data of a control plane are deleted, and the files kadm changed are restored.`
