import {KadmError} from '../../domain/errors.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import type {EtcdReport} from '../../ui/render-etcd.ts'
import {ClusterCommand} from '../base/cluster-command.ts'
import type {OutputForm} from '../flags/output-flag.ts'
import type {SshFlags} from '../flags/ssh-flags.ts'

/** A command that shows what the members of etcd say of themselves, and fails when one of them does not work. */
export abstract class EtcdReportCommand extends ClusterCommand {
  protected async show(
    controlPlanes: readonly HostSpec[],
    flags: SshFlags & {readonly output: OutputForm | undefined},
    render: (report: EtcdReport) => string,
  ): Promise<void> {
    const {readEtcd} = await import('../runtime/read-etcd.ts')
    const report = await this.onControlPlane(controlPlanes, flags, host =>
      readEtcd(host, this.signal, close => this.atEnd(close)),
    )
    const labels = report.members.map(({name, id}) => (name === '' ? id : name))
    await this.result(flags.output, report, render(report), {names: labels.map(label => `member/${label}`)})
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
