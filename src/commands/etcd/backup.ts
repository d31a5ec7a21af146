import {Args} from '@oclif/core'
import {controlPlaneFlags, toFlag} from '../flags/admin-flags.ts'
import {ClusterCommand} from '../base/cluster-command.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {described, EXITS} from '../base/exits.ts'

const NOTE_EVERY_MS = 5000

export class EtcdBackup extends ClusterCommand {
  static override summary = 'Save a consistent snapshot of etcd to a file on this machine.'
  static override description = described(
    'The file contains all data of the cluster, also its secrets, so only you can read it. kadm checks the sha256 that etcd computed. It replaces FILE only when the new snapshot is complete.',
    EXITS.connect,
  )
  static override examples = ['<%= config.bin %> etcd backup etcd.db --to ubuntu@10.0.0.10']
  static override args = {
    file: Args.string({name: 'FILE', required: true, description: 'where to write the snapshot'}),
  }
  static override flags = {...toFlag, ...controlPlaneFlags, ...outputFlag()}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(EtcdBackup)
    const [{controlPlaneSpecs}, {etcdOf, etcdOn}, {saveSnapshot}, {megabytes}, {PKI_DIR}] = await Promise.all([
      import('../runtime/requests/target-host.ts'),
      import('../../engine/cluster/etcd-of.ts'),
      import('../../engine/cluster/save-snapshot.ts'),
      import('../../ui/render-etcd.ts'),
      import('../../domain/paths.ts'),
    ])
    const controlPlanes = await controlPlaneSpecs(flags.to, flags)
    const saved = await this.onControlPlane(controlPlanes, flags, async host => {
      const etcd = await etcdOf(host, PKI_DIR, this.signal)
      this.atEnd(etcd.close)
      const options = {signal: this.signal}
      const {version} = await etcd.status(etcdOn(host), options)
      let noted = performance.now()
      const file = await saveSnapshot(etcd.snapshot(etcdOn(host), options), args.file, (bytes, total) => {
        if (performance.now() - noted < NOTE_EVERY_MS) return
        noted = performance.now()
        this.note(`${host.name}: received ${megabytes(bytes)} of ${megabytes(total)}`)
      })
      return {...file, host: host.name, version}
    })
    await this.result(
      flags.output,
      saved,
      `saved ${megabytes(saved.bytes)} of etcd ${saved.version} on ${saved.host} to ${saved.file}\nsha256 ${saved.sha256}`,
    )
  }
}
