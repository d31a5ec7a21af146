import {ChangeCommand, resultData} from './base/change-command.ts'
import {clusterFlags, fileFlag, sourceFlags} from './flags/cluster-flags.ts'
import {clusterFlagsOf} from './flags/flags-to-cluster.ts'
import {changeFlags} from './flags/phase-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {sshFlags} from './flags/ssh-flags.ts'
import {described, EXITS} from './base/exits.ts'

export class Apply extends ChangeCommand {
  static override summary = 'Create or update the cluster that a file describes, on all hosts at once.'
  static override description = described(
    'kadm prepares workers while the first control plane starts. Run it again at any time: it changes only what differs. After a failure it skips completed steps.',
    EXITS.change,
  )
  static override examples = [
    '<%= config.bin %> apply -f kadm.yaml',
    '<%= config.bin %> apply -f kadm.yaml --dry-run',
    '<%= config.bin %> apply -f kadm.yaml -o json',
  ]
  static override flags = {
    file: fileFlag,
    ...clusterFlags,
    ...sourceFlags,
    ...changeFlags,
    ...sshFlags,
    ...outputFlag(),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Apply)
    const [{clusterFrom, mustFindFile, withSshFlags}, {applyPhases}] = await Promise.all([
      import('./runtime/requests/load-cluster.ts'),
      import('../phases/workflows/apply.ts'),
    ])
    const {cluster, warnings} = await clusterFrom(clusterFlagsOf(flags), mustFindFile(flags.file))
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    const request = {command: 'apply', cluster: withSshFlags(cluster, flags), phases: applyPhases}
    if (flags['dry-run']) {
      await this.plan(request, flags)
      return
    }
    const done = await this.carryOut(request, flags)
    await this.result(flags.output, resultData('apply', done), 'next: kadm status; kadm kubeconfig; kadm verify')
  }
}
