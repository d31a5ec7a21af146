import {Args, Flags} from '@oclif/core'
import {KadmError} from '../../domain/errors.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {described, EXITS} from '../base/exits.ts'

export class ConfigMigrate extends KadmCommand {
  static override summary = 'Convert a kubeadm configuration file to kadm.yaml.'
  static override description = described(
    'The result has everything that the file says. If a part of the file has no place in kadm.yaml, the command fails and names it.',
    EXITS.none,
  )
  static override examples = ['<%= config.bin %> config migrate kubeadm.yaml > kadm.yaml']
  static override args = {
    file: Args.string({required: true, description: 'kubeadm configuration file (v1beta4 or v1beta3)'}),
  }
  static override flags = {
    'allow-left-out': Flags.boolean({summary: 'print the result even if it lacks parts of the file'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigMigrate)
    const [{readText, environment}, {migrate}] = await Promise.all([
      import('../runtime/requests/load-cluster.ts'),
      import('../../config/write/migrate.ts'),
    ])
    const migrated = migrate(args.file, readText(args.file, 'the argument FILE').text, environment)
    const {text, warnings, leftOut} = migrated
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    if (leftOut.length > 0 && !flags['allow-left-out']) {
      throw new KadmError('config', leftOut.map(line => `cannot be written to a kadm.yaml: ${line}`).join('\n'), {
        hint: 'remove it from the file, or migrate without it: --allow-left-out',
      })
    }
    this.report({text, warnings, leftOut}, text.trimEnd())
  }
}
