import {confirm} from '../ui/ask.ts'
import {ChangeCommand, resultData} from './base/change-command.ts'
import {clusterFlags, fileFlag, sourceFlags} from './flags/cluster-flags.ts'
import {clusterFlagsOf} from './flags/flags-to-cluster.ts'
import {changeFlags, skipUnreachableFlag, yesFlag} from './flags/phase-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {sshFlags} from './flags/ssh-flags.ts'
import {described, EXITS} from './base/exits.ts'

export class Apply extends ChangeCommand {
  static override summary = 'Create or update the cluster that a file describes, on all hosts at once.'
  static override description = described(
    'kadm prepares workers while the first control plane starts. Run it again at any time: it changes only what differs. After a failure it skips completed steps. If a host does not answer, kadm names it and changes nothing (exit code 4); with --skip-unreachable it continues with the others, and the exit code says how that went. If a control plane of the cluster is dead and not in the file, and a new one is, kadm asks before it removes the dead one.',
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
    ...skipUnreachableFlag,
    ...yesFlag,
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
    const replacing = {
      ask: async (message: string) => flags.yes || confirm(this.terminal, {message, flag: '--yes'}),
      note: (text: string) => this.note(text),
    }
    const request = {command: 'apply', cluster: withSshFlags(cluster, flags), phases: applyPhases, replacing}
    if (flags['dry-run']) {
      await this.plan(request, flags)
      return
    }
    const done = await this.carryOut(request, flags)
    const skipped = this.skippedHosts
    const next = 'next: kadm status; kadm kubeconfig; kadm verify'
    const text =
      skipped.length === 0
        ? next
        : `skipped, because they did not answer: ${skipped.join(', ')}; when they answer again, run the same command again\n${next}`
    await this.result(flags.output, {...resultData('apply', done), skipped}, text)
  }
}
