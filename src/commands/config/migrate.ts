import {Args} from '@oclif/core'
import {KadmCommand} from '../base/kadm-command.ts'
import {described, EXITS} from '../base/exits.ts'

export class ConfigMigrate extends KadmCommand {
  static override summary = 'Convert a kubeadm configuration file to kadm.yaml.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> config migrate kubeadm.yaml > kadm.yaml']
  static override args = {file: Args.string({required: true, description: 'kubeadm configuration file (v1beta4)'})}

  async run(): Promise<void> {
    const {args} = await this.parse(ConfigMigrate)
    const [{readText, environment}, {migrate}] = await Promise.all([
      import('../runtime/requests/load-cluster.ts'),
      import('../../config/write/migrate.ts'),
    ])
    const {text, warnings} = migrate(args.file, readText(args.file, 'the argument FILE').text, environment)
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    this.report({text, warnings}, text.trimEnd())
  }
}
