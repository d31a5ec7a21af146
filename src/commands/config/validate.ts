import {fileFlag} from '../flags/cluster-flags.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {plural} from '../../ui/words.ts'
import {described, EXITS} from '../base/exits.ts'

export class ConfigValidate extends KadmCommand {
  static override summary = 'Check a cluster file without connecting to any machine, and list all problems.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> config validate -f kadm.yaml']
  static override flags = {file: fileFlag, ...outputFlag()}

  async run(): Promise<void> {
    const {flags} = await this.parse(ConfigValidate)
    const [{mustFindFile, environment}, {readCluster}] = await Promise.all([
      import('../runtime/requests/load-cluster.ts'),
      import('../../config/read/read-cluster.ts'),
    ])
    const file = mustFindFile(flags.file)
    const {cluster, warnings} = readCluster(file.name, file.text, environment)
    const text = [
      ...warnings.map(w => `warning: ${w}`),
      `${file.name}: ${plural(cluster.hosts.length, 'host')}, no errors`,
    ]
    await this.result(flags.output, {file: file.name, hosts: cluster.hosts.length, warnings}, text.join('\n'))
  }
}
