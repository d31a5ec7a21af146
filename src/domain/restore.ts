/** How far the restore of a snapshot has come on a control plane; its file is in `RESTORE_DIR`. */
export interface RestoreState {
  /** SHA-256 hex of the snapshot. */
  readonly snapshot: string
  /** `stopping` and `stopped`: without etcd; `restored`: etcd has the data of the snapshot. */
  readonly stage: 'stopping' | 'stopped' | 'restored'
}

/** The content of the file that a restore writes; undefined for any other text. */
export function restoreStateIn(text: string): RestoreState | undefined {
  const [, snapshot, stage] = /^([0-9a-f]{64}) (stopping|stopped|restored)$/m.exec(text) ?? []
  if (snapshot === undefined) return undefined
  return {snapshot, stage: stage === 'restored' || stage === 'stopped' ? stage : 'stopping'}
}

/** What is in the folder of etcd's data during a restore. */
export interface RestorePlaces {
  /** The data that etcd uses. */
  readonly member: string
  /** The former data. */
  readonly kept: string
  /** The data that were made from the snapshot. */
  readonly prepared: string
}

export const restorePlaces = (dataDir: string): RestorePlaces => ({
  member: `${dataDir}/member`,
  kept: `${dataDir}/member.before-restore`,
  prepared: `${dataDir}/restored.kadm`,
})
