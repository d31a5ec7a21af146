import {described, EXITS} from '../base/exits.ts'
import {controlPlaneArg, controlPlaneFlags} from '../flags/admin-flags.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {EtcdReportCommand} from './report-command.ts'

export class EtcdStatus extends EtcdReportCommand {
  static override summary = 'Show the state of each member of etcd in numbers.'
  static override description = described(
    'For each member: its role, its version, the size of its database and how much of it is in use, the term and the indexes of raft, and its alarms. Works without a quorum too: kadm asks each member for itself, through the first control plane that answers.',
    {...EXITS.connect, ...EXITS.broken},
  )
  static override examples = ['<%= config.bin %> etcd status -f kadm.yaml']
  static override args = {host: controlPlaneArg}
  static override flags = {...controlPlaneFlags, ...outputFlag('name')}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(EtcdStatus)
    const [{controlPlaneSpecs}, {renderEtcdStatus}] = await Promise.all([
      import('../runtime/requests/target-host.ts'),
      import('../../ui/render-etcd.ts'),
    ])
    await this.show(await controlPlaneSpecs(args.host, flags), flags, renderEtcdStatus)
  }
}
