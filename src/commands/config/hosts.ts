import {fileFlag} from '../flags/cluster-flags.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {described, EXITS} from '../base/exits.ts'

export class ConfigHosts extends KadmCommand {
  static override summary = 'List the names of the hosts in your cluster file.'
  static override description = described('Lists hosts that have a name. Shells use it for completion.', EXITS.none)
  static override examples = ['<%= config.bin %> config hosts', '<%= config.bin %> config hosts -f kadm.yaml -o json']
  static override flags = {file: fileFlag, ...outputFlag('name')}

  async run(): Promise<void> {
    const {flags} = await this.parse(ConfigHosts)
    const {clusterInFile, mustFindFile} = await import('../runtime/requests/load-cluster.ts')
    const {hosts} = await clusterInFile(mustFindFile(flags.file))
    const names = hosts.flatMap(({name}) => name ?? [])
    await this.result(flags.output, {hosts: names}, names.join('\n'), {names})
  }
}
