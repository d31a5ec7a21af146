import type {SharedTexts} from '../../domain/shared-certs.ts'
import type {SnapshotFile} from './snapshot-file.ts'

/** What a run restores, checked and not on any machine yet. */
export interface Restoring {
  /** As the user named it. */
  readonly file: string
  readonly snapshot: SnapshotFile
  /** The keys that control planes share, and files of the user by their paths; undefined when the file is only a snapshot. */
  readonly keys: SharedTexts | undefined
  readonly files: SharedTexts
  /** Asks the user; throws `cancelled` for no. */
  readonly ask: (target: RestoreTarget) => Promise<void>
}

/** Where a restore happens. */
export interface RestoreTarget {
  /** The control plane that gets the data; the others join it. */
  readonly first: string
  readonly joining: readonly string[]
  /** Nodes of the snapshot that this run does not have. */
  readonly others: readonly string[]
  /** Where the former data stay until the end. */
  readonly kept: string
  /** Whether etcd runs on one of the machines. */
  readonly isRunning: boolean
}
