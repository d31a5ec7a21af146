import {Args} from '@oclif/core'
import {clusterFlags, fileFlag, sourceFlags} from '../flags/cluster-flags.ts'
import {clusterFlagsOf} from '../flags/flags-to-cluster.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {described, EXITS} from '../base/exits.ts'

export class ConfigPrint extends KadmCommand {
  static override summary = 'Print the complete configuration, including all defaults.'
  static override description = described(
    'Reads a file, flags, or both. You can use the output as kadm.yaml. With -o json, each document is one JSON object.',
    EXITS.none,
  )
  static override examples = [
    '<%= config.bin %> config print ubuntu@10.0.0.10 ubuntu@10.0.0.11 > kadm.yaml',
    '<%= config.bin %> config print -f kadm.yaml',
  ]
  static override args = {
    host: Args.string({multiple: true, description: 'machines, the control plane first: [user@]host[:port]'}),
  }
  static override flags = {file: fileFlag, ...clusterFlags, ...sourceFlags, ...outputFlag()}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigPrint)
    const [{clusterFrom, findFile}, {clusterToJson, clusterToYaml}] = await Promise.all([
      import('../runtime/requests/load-cluster.ts'),
      import('../../config/write/cluster-yaml.ts'),
    ])
    const [controlPlane, ...workers] = args.host ?? []
    const file = controlPlane === undefined || flags.file !== undefined ? findFile(flags.file) : undefined
    const {cluster, warnings} = await clusterFrom({controlPlane, workers, ...clusterFlagsOf(flags)}, file)
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    this.report({cluster}, flags.output === 'json' ? clusterToJson(cluster) : clusterToYaml(cluster).trimEnd())
  }
}
