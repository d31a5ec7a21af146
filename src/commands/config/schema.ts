import {KadmCommand} from '../base/kadm-command.ts'
import {described, EXITS} from '../base/exits.ts'

export class ConfigSchema extends KadmCommand {
  static override summary = 'Print the JSON schema of kadm.yaml for editors.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> config schema > kadm.schema.json']

  async run(): Promise<void> {
    await this.parse(ConfigSchema)
    const {clusterSchema} = await import('../../config/documents/cluster-document.ts')
    process.stdout.write(`${JSON.stringify(clusterSchema(), undefined, 2)}\n`)
  }
}
