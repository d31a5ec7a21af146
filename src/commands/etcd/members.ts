import {controlPlaneArg, controlPlaneFlags} from '../flags/admin-flags.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {EtcdReportCommand} from './report-command.ts'
import {described, EXITS} from '../base/exits.ts'

export class EtcdMembers extends EtcdReportCommand {
  static override summary = 'List the members of etcd, and whether they work.'
  static override description = described(
    'For each member: its role, whether it answers, the size of its database and its version; then how many members may fail. kadm asks the member on the first control plane that answers.',
    {...EXITS.connect, ...EXITS.broken},
  )
  static override examples = ['<%= config.bin %> etcd members -f kadm.yaml']
  static override args = {host: controlPlaneArg}
  static override flags = {...controlPlaneFlags, ...outputFlag('name')}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(EtcdMembers)
    const [{controlPlaneSpecs}, {renderEtcd}] = await Promise.all([
      import('../runtime/requests/target-host.ts'),
      import('../../ui/render-etcd.ts'),
    ])
    await this.show(await controlPlaneSpecs(args.host, flags), flags, renderEtcd)
  }
}
