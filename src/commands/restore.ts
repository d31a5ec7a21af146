import {Args} from '@oclif/core'
import {described, EXITS} from './base/exits.ts'
import {RestoreCommand} from './base/restore-command.ts'
import {restoreFlags} from './flags/restore-flags.ts'

export class Restore extends RestoreCommand {
  static override summary = 'Bring a cluster back from a backup, on the same machines or on new ones.'
  static override description = described(
    'Needs a file of kadm backup and the file of the cluster, in which the machines may be new and have other addresses. kadm first checks that the backup is complete and fits the file and the machines, and shows what it does. The CAs and the key of service accounts come from the backup, so users and service accounts stay valid. All other certificates are issued for the machines of your file. kadm removes the Node objects of machines that do not report any more. Data of etcd on the machines stay there until all nodes report to the restored cluster. After an interruption, run the same command again.',
    EXITS.change,
  )
  static override examples = ['<%= config.bin %> restore cluster.backup -f kadm.yaml']
  static override args = {
    file: Args.string({name: 'FILE', required: true, description: 'a backup from kadm backup'}),
  }
  static override flags = restoreFlags

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Restore)
    const {openBackup} = await import('../engine/backup/open-restore.ts')
    await this.restore('restore', await openBackup(args.file), flags)
  }
}
