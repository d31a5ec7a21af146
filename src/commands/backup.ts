import {Args} from '@oclif/core'
import {ClusterCommand} from './base/cluster-command.ts'
import {described, EXITS} from './base/exits.ts'
import {controlPlaneFlags, toFlag} from './flags/admin-flags.ts'
import {outputFlag} from './flags/output-flag.ts'

const NOTE_EVERY_MS = 5000

export class Backup extends ClusterCommand {
  static override summary = 'Save a whole cluster to one file on this machine: data, keys and settings.'
  static override description = described(
    'The file is a tar archive with a snapshot of etcd, the CAs, the key of service accounts, kubeadm-config and the files that the pods of the control plane read, such as an encryption configuration. With it, kadm restore brings the cluster back on new machines. Keep it in a safe place: whoever has it controls the cluster. Only you can read it, and kadm does not replace an existing file.',
    EXITS.connect,
  )
  static override examples = [
    '<%= config.bin %> backup cluster.backup -f kadm.yaml',
    '<%= config.bin %> backup cluster.backup --to ubuntu@10.0.0.10',
  ]
  static override args = {
    file: Args.string({name: 'FILE', required: true, description: 'where to write the backup'}),
  }
  static override flags = {...toFlag, ...controlPlaneFlags, ...outputFlag()}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Backup)
    const [{controlPlaneSpecs}, {backUp}, {refuseExisting}, {megabytes}] = await Promise.all([
      import('./runtime/requests/target-host.ts'),
      import('./runtime/back-up.ts'),
      import('../engine/backup/write-backup.ts'),
      import('../ui/render-etcd.ts'),
    ])
    await refuseExisting(args.file)
    let noted = performance.now()
    const controlPlanes = await controlPlaneSpecs(flags.to, flags)
    const saved = await this.onControlPlane(controlPlanes, flags, host =>
      backUp(host, args.file, {
        signal: this.signal,
        atEnd: close => this.atEnd(close),
        progress: (bytes, total) => {
          if (performance.now() - noted < NOTE_EVERY_MS) return
          noted = performance.now()
          this.note(`${host.name}: received ${megabytes(bytes)} of ${megabytes(total)}`)
        },
      }),
    )
    this.note(`warning: ${saved.file} has the keys of the cluster and all its Secrets; keep it in a safe place`)
    const files = saved.files.length === 0 ? '' : `\nwith ${saved.files.join(', ')}`
    await this.result(
      flags.output,
      saved,
      `saved ${megabytes(saved.bytes)} of ${saved.host} to ${saved.file}${files}\nsha256 ${saved.sha256}`,
    )
  }
}
