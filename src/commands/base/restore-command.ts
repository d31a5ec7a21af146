import {KadmError} from '../../domain/errors.ts'
import type {OpenedRestore} from '../../engine/backup/open-restore.ts'
import type {RestoreTarget} from '../../engine/backup/restoring.ts'
import type {OutputForm} from '../flags/output-flag.ts'
import type {SshFlags} from '../flags/ssh-flags.ts'
import {ChangeCommand, resultData, type ChangeFlags} from './change-command.ts'

export interface RestoreFlags extends SshFlags, ChangeFlags {
  readonly file: string | undefined
  readonly bundle: string | undefined
  readonly 'dry-run': boolean
  readonly yes: boolean
  readonly output: OutputForm | undefined
}

/** A command that gives a cluster the data of a file. */
export abstract class RestoreCommand extends ChangeCommand {
  protected async restore(command: string, opened: OpenedRestore, flags: RestoreFlags): Promise<void> {
    const [{clusterFrom, mustFindFile, withSshFlags}, {restorePhases}, {judgeBackup}, texts, {confirm}] =
      await Promise.all([
        import('../runtime/requests/load-cluster.ts'),
        import('../../phases/workflows/restore.ts'),
        import('../../engine/backup/judge-restore.ts'),
        import('../../ui/render-restore.ts'),
        import('../../ui/ask.ts'),
      ])
    this.atEnd(opened.close)
    const file = mustFindFile(flags.file)
    const {cluster, warnings} = await clusterFrom({bundle: flags.bundle}, file)
    warnings.forEach(warning => this.note(`warning: ${warning}`))
    const restoring = {
      ...opened,
      ask: async (target: RestoreTarget) => {
        this.note(texts.renderRestore(restoring, target))
        const message = `Replace the data of etcd with ${opened.file}?`
        if (flags.yes || (await confirm(this.terminal, {message, flag: '--yes'}))) return
        throw new KadmError('cancelled', 'nothing was changed')
      },
    }
    judgeBackup(cluster, restoring)
    const phases = restorePhases({
      snapshot: opened.staged,
      revision: opened.snapshot.revision,
      hasKeys: opened.keys !== undefined,
      files: [...opened.files.keys()].map(path => ({entry: path, path, isKey: true})),
    })
    const request = {command, cluster: withSshFlags(cluster, flags), phases, restoring}
    if (flags['dry-run']) {
      await this.plan(request, flags)
      return
    }
    const done = await this.carryOut(request, flags)
    const text = texts.renderRestored({clusterFile: file.name})
    await this.result(flags.output, {...resultData(command, done), skipped: this.skippedHosts}, text)
  }
}
