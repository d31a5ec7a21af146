import {Args} from '@oclif/core'
import {described, EXITS} from '../base/exits.ts'
import {RestoreCommand} from '../base/restore-command.ts'
import {restoreFlags} from '../flags/restore-flags.ts'

export class EtcdRestore extends RestoreCommand {
  static override summary = 'Give a cluster the data of a snapshot, on machines that have its keys.'
  static override description = described(
    'Works for a running cluster and for one whose etcd is lost. kadm first checks that the snapshot is complete and belongs to this cluster, and shows what it does. It creates the new data beside the present ones, then stops etcd and the API servers on all control planes. One control plane starts with the data of the snapshot, and the others join it. The former data stay on the machines until all nodes report to the restored cluster. After an interruption, run the same command again. For new machines, use kadm restore. The command needs the file of the cluster, because kadm cannot read a cluster whose etcd is lost from one of its machines; if you have none, write it with kadm config print HOST > kadm.yaml and the settings of the cluster.',
    EXITS.change,
  )
  static override examples = ['<%= config.bin %> etcd restore etcd.db -f kadm.yaml']
  static override args = {
    file: Args.string({
      name: 'FILE',
      required: true,
      description: 'a snapshot from kadm etcd backup, or a backup from kadm backup',
    }),
  }
  static override flags = restoreFlags

  async run(): Promise<void> {
    const {args, flags} = await this.parse(EtcdRestore)
    const {openSnapshot} = await import('../../engine/backup/open-restore.ts')
    await this.restore('etcd restore', await openSnapshot(args.file), flags)
  }
}
