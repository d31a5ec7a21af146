import {KadmError} from '../../domain/errors.ts'
import {described, EXITS} from '../base/exits.ts'
import {ClusterCommand} from '../base/cluster-command.ts'
import {controlPlaneArg, controlPlaneFlags} from '../flags/admin-flags.ts'
import {outputFlag} from '../flags/output-flag.ts'

export class EtcdStatus extends ClusterCommand {
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
    const [{controlPlaneSpecs}, {readEtcd}, {renderEtcdStatus}] = await Promise.all([
      import('../runtime/requests/target-host.ts'),
      import('../runtime/read-etcd.ts'),
      import('../../ui/render-etcd.ts'),
    ])
    const controlPlanes = await controlPlaneSpecs(args.host, flags)
    const report = await this.onControlPlane(controlPlanes, flags, host =>
      readEtcd(host, this.signal, close => this.atEnd(close)),
    )
    const labels = report.members.map(({name, id}) => (name === '' ? id : name))
    await this.result(flags.output, report, renderEtcdStatus(report), {names: labels.map(label => `member/${label}`)})
    const broken = [
      ...labels.filter((_, i) => report.members[i]?.isHealthy !== true),
      ...report.alarms.map(({kind}) => `alarm ${kind}`),
    ]
    if (broken.length === 0) return
    throw new KadmError('verify', `not working: ${broken.join(', ')}`, {
      hint: 'find the cause on the machine: kadm doctor',
    })
  }
}
