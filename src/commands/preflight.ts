import {Args} from '@oclif/core'
import {KadmError} from '../domain/errors.ts'
import {ChangeCommand} from './base/change-command.ts'
import {clusterFlags, fileFlag, sourceFlags} from './flags/cluster-flags.ts'
import {clusterFlagsOf} from './flags/flags-to-cluster.ts'
import {ignoreFlag} from './flags/phase-flags.ts'
import {sshFlags} from './flags/ssh-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {described, EXITS} from './base/exits.ts'

export class Preflight extends ChangeCommand {
  static override summary = 'Check machines before you create a cluster, without changing anything.'
  static override description = described(
    'Runs all checks, on each machine and across the machines, and lists all findings with their names and one fix each. The first machine is the control plane. Without arguments, kadm checks the machines in the file, or this machine if there is no file.',
    {...EXITS.preflight, ...EXITS.connect},
  )
  static override examples = [
    '<%= config.bin %> preflight ubuntu@10.0.0.10 ubuntu@10.0.0.11 ubuntu@10.0.0.12',
    '<%= config.bin %> preflight -f kadm.yaml --json',
  ]
  static override args = {host: Args.string({multiple: true, description: 'machines: [user@]host[:port]'})}
  static override flags = {
    file: fileFlag,
    ...clusterFlags,
    ...sourceFlags,
    ...ignoreFlag,
    ...sshFlags,
    ...outputFlag('wide'),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Preflight)
    const [{clusterFrom, findFile, withSshFlags}, {preflightWorkflow}, {renderFindings}] = await Promise.all([
      import('./runtime/requests/load-cluster.ts'),
      import('../engine/workflows/workflow.ts'),
      import('../ui/render-findings.ts'),
    ])
    const [controlPlane, ...workers] = args.host ?? []
    const file = controlPlane === undefined || flags.file !== undefined ? findFile(flags.file) : undefined
    const {cluster, warnings} = await clusterFrom({controlPlane, workers, ...clusterFlagsOf(flags)}, file)
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    const request = {command: 'preflight', cluster: withSshFlags(cluster, flags), phases: []}
    const options = await this.prepare(request, flags, () => undefined)
    const findings = await preflightWorkflow(options)
    const {colours} = this.terminal
    await this.result(flags.output, {findings}, renderFindings(findings, colours, this.output.verbose), {
      wide: renderFindings(findings, colours, true),
    })
    const errors = findings.filter(({severity}) => severity === 'error')
    if (errors.length > 0) {
      throw new KadmError('preflight', `${String(errors.length)} of ${String(findings.length)} checks failed`, {
        hint: 'fix the errors above, or ignore them by name: --ignore-preflight-errors=NAME,…',
      })
    }
  }
}
