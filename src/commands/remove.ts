import {Args, Flags} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import type {Removal} from '../engine/removal/look.ts'
import type {RemovalPlan} from '../engine/removal/removal-plan.ts'
import type {RemoveReport} from '../engine/workflows/remove.ts'
import {confirm} from '../ui/ask.ts'
import {resetExitCode, resetLines} from '../ui/render-reset.ts'
import {ChangeCommand, type Reported} from './base/change-command.ts'
import {described, EXITS} from './base/exits.ts'
import {adminFlags, toFlag} from './flags/admin-flags.ts'
import {drainFlags} from './flags/drain-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {takeLeaseFlag, yesFlag} from './flags/phase-flags.ts'

export class Remove extends ChangeCommand {
  static override summary = 'Remove nodes from a cluster: workers or control planes, alive or dead.'
  static override description = described(
    'Shows what the drain evicts and which PodDisruptionBudget holds it, and asks. Then it drains each node, removes its member of etcd, removes its firewall rules and its load-balancer entries from the other machines of the file, deletes the Node object and resets the machine. With --dead, it does nothing on the machine; wipe it before you use it again. It refuses to remove the last control plane, and a member without which etcd would lose its quorum. After an interruption, run the same command again. Remove the machine from your file too, or the next kadm apply joins it again.',
    {...EXITS.change, ...EXITS.restore},
  )
  static override examples = [
    '<%= config.bin %> remove worker-2 -f kadm.yaml',
    '<%= config.bin %> remove cp-3 --dead -f kadm.yaml',
    '<%= config.bin %> remove ubuntu@10.0.0.12 --to ubuntu@10.0.0.10 --delete-emptydir-data',
    '<%= config.bin %> remove worker-2 --dead --kubeconfig admin.conf',
  ]
  static override args = {
    node: Args.string({
      multiple: true,
      required: true,
      description: 'nodes: names in the file, names or addresses of nodes, or user@address',
    }),
  }
  static override flags = {
    ...toFlag,
    dead: Flags.boolean({summary: 'the machines never come back: do nothing on them'}),
    ...drainFlags,
    ...adminFlags,
    'dry-run': Flags.boolean({summary: 'print what kadm would do, and change nothing'}),
    ...yesFlag,
    ...takeLeaseFlag,
    ...outputFlag(),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Remove)
    const [{removeRequest}, {removalRun}, {renderRemoval}, {removeWorkflow}] = await Promise.all([
      import('./runtime/requests/remove-request.ts'),
      import('./runtime/removal-run.ts'),
      import('../ui/render-removal.ts'),
      import('../engine/workflows/remove.ts'),
    ])
    const request = await removeRequest(args.node, flags)
    const run = await removalRun(request, flags, {
      signal: this.signal,
      note: message => this.note(message),
      atEnd: close => this.atEnd(close),
      connections: hosts => this.connections(hosts, flags, {goesOnWithout: true}),
      apiFrom: file => this.apiFrom(file),
    })
    const {plan} = run.removal
    const text = renderRemoval(plan)
    if (flags['dry-run'] && plan.refusals.length === 0) {
      await this.result(flags.output, {plan}, text)
      return
    }
    this.note(text)
    refuse(run.removal)
    await this.#ask(plan, flags.yes)
    const done = await this.reported('remove', flags, async emit => {
      const prepared = await this.prepare(
        {command: 'remove', cluster: request.cluster, phases: []},
        flags,
        emit,
        run.connector,
      )
      return removeWorkflow({...prepared, ...run})
    })
    const summary = textOf(done, request.others.length > 0, plan.removals.length)
    await this.result(flags.output, {command: 'remove', plan, ...dataOf(done)}, summary)
    process.exitCode = resetExitCode(done.result.hosts)
  }

  async #ask({removals}: RemovalPlan, isAnswered: boolean): Promise<void> {
    const message = `Remove ${removals.map(({name}) => name).join(', ')} from the cluster?`
    if (isAnswered || (await confirm(this.terminal, {message, flag: '--yes'}))) return
    throw new KadmError('cancelled', 'nothing was removed')
  }
}

const dataOf = ({result, report}: Reported<RemoveReport>): object => ({
  exitCode: resetExitCode(result.hosts),
  ...report,
  changes: result.changes,
  hosts: report.hosts.map(one => ({...one, ...result.hosts.find(({host}) => host === one.host)})),
})

function textOf({result}: Reported<RemoveReport>, isFromFile: boolean, count: number): string {
  const next = isFromFile
    ? `next: remove ${count === 1 ? 'the machine' : 'the machines'} from your file; kadm status`
    : 'next: kadm status'
  return [...resetLines(result.hosts), next].join('\n')
}

/** All reasons at once, before anything is touched. */
function refuse({plan: {refusals}}: Removal): void {
  const [first, ...more] = refusals
  if (first === undefined) return
  const hint = 'nothing was changed; kadm etcd members shows what etcd needs, kadm remove --help the flags of the drain'
  if (more.length === 0) throw new KadmError('preflight', first, {hint})
  throw new KadmError('preflight', 'the removal cannot begin', {hint, evidence: refusals.join('\n')})
}
