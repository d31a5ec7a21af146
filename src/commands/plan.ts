import {ChangeCommand} from './base/change-command.ts'
import {clusterFlags, fileFlag, sourceFlags} from './flags/cluster-flags.ts'
import {clusterFlagsOf} from './flags/flags-to-cluster.ts'
import {Flags} from '@oclif/core'
import {ignoreFlag, selectFlags} from './flags/phase-flags.ts'
import {sshFlags} from './flags/ssh-flags.ts'
import {outputFlag} from './flags/output-flag.ts'
import {described, EXITS} from './base/exits.ts'

export class Plan extends ChangeCommand {
  static override summary = 'Show what apply would change, on which host and why, without changing anything.'
  static override description = described('', {
    ...EXITS.preflight,
    ...EXITS.connect,
    7: 'with --exit-code: apply would change something',
  })
  static override examples = [
    '<%= config.bin %> plan -f kadm.yaml',
    '<%= config.bin %> plan --only prepare --exit-code',
  ]
  static override flags = {
    file: fileFlag,
    'exit-code': Flags.boolean({summary: 'exit with code 7 if apply would change something'}),
    ...clusterFlags,
    ...sourceFlags,
    ...selectFlags,
    ...ignoreFlag,
    ...sshFlags,
    ...outputFlag(),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Plan)
    const [{clusterFrom, mustFindFile, withSshFlags}, {applyPhases}] = await Promise.all([
      import('./runtime/requests/load-cluster.ts'),
      import('../phases/workflows/apply.ts'),
    ])
    const {cluster, warnings} = await clusterFrom(clusterFlagsOf(flags), mustFindFile(flags.file))
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    const replacing = {ask: () => Promise.resolve(false), note: (text: string) => this.note(text)}
    const changes = await this.plan(
      {command: 'plan', cluster: withSshFlags(cluster, flags), phases: applyPhases, replacing},
      flags,
    )
    if (flags['exit-code'] && changes.length > 0) process.exitCode = 7
  }
}
