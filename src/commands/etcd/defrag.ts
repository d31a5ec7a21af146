import {described, EXITS} from '../base/exits.ts'
import {ClusterCommand} from '../base/cluster-command.ts'
import {controlPlaneArg, controlPlaneFlags} from '../flags/admin-flags.ts'
import {outputFlag} from '../flags/output-flag.ts'

export class EtcdDefrag extends ClusterCommand {
  static override summary = 'Free the space of deleted data in the databases of etcd.'
  static override description = described(
    'Works on one member after the other, the leader last, because a member does not answer while it works. With one control plane, the API pauses for that time, usually less than a few seconds. It begins only while all members answer. Afterwards it clears the alarm that etcd raises when a database is full.',
    {...EXITS.connect, 3: 'a member does not answer'},
  )
  static override examples = ['<%= config.bin %> etcd defrag -f kadm.yaml']
  static override args = {host: controlPlaneArg}
  static override flags = {...controlPlaneFlags, ...outputFlag()}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(EtcdDefrag)
    const [{controlPlaneSpecs}, {controlPlaneOn}, {defragmentAll}, {megabytes}, {realClock}] = await Promise.all([
      import('../runtime/requests/target-host.ts'),
      import('../../engine/cluster/control-plane.ts'),
      import('../../engine/cluster/defrag-etcd.ts'),
      import('../../ui/render-etcd.ts'),
      import('../runtime/wiring/clock.ts'),
    ])
    const controlPlanes = await controlPlaneSpecs(args.host, flags)
    const report = await this.onControlPlane(controlPlanes, flags, async host => {
      const controlPlane = controlPlaneOn(host, this.signal)
      this.atEnd(controlPlane.close)
      return defragmentAll(await controlPlane.etcd(), {
        signal: this.signal,
        sleep: ms => realClock.sleep(ms, this.signal),
        onDone: ({member}) => this.note(`${member}: done`),
      })
    })
    const lines = report.members.map(
      ({member, beforeBytes, afterBytes}) =>
        `${member}: ${megabytes(beforeBytes)} before, ${megabytes(afterBytes)} now`,
    )
    const cleared = report.cleared.map(member => `${member}: alarm NOSPACE cleared`)
    await this.result(flags.output, report, [...lines, ...cleared].join('\n'))
  }
}
