import {KadmError} from '../../domain/errors.ts'
import {controlPlaneArg, controlPlaneFlags} from '../flags/admin-flags.ts'
import {ClusterCommand} from '../base/cluster-command.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {described, EXITS} from '../base/exits.ts'

export class EtcdMembers extends ClusterCommand {
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
    const [{controlPlaneSpecs}, {readEtcd}, {renderEtcd}] = await Promise.all([
      import('../runtime/requests/target-host.ts'),
      import('../runtime/read-etcd.ts'),
      import('../../ui/render-etcd.ts'),
    ])
    const controlPlanes = await controlPlaneSpecs(args.host, flags)
    const report = await this.onControlPlane(controlPlanes, flags, host =>
      readEtcd(host, this.signal, close => this.atEnd(close)),
    )
    const labels = report.members.map(({name, id}) => (name === '' ? id : name))
    await this.result(flags.output, report, renderEtcd(report), {names: labels.map(label => `member/${label}`)})
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
