import {moveHost, type FileEdit} from '../../config/write/move-host.ts'
import type {RepairedHost} from '../../engine/workflows/repair-clones.ts'
import {bestHostKey} from '../../remote/host-keys/host-key.ts'
import {writeLocalText} from '../../remote/local/local-files.ts'
import type {TextFile} from './requests/load-cluster.ts'

export interface PlacedEdit extends FileEdit {
  readonly file: string
}

/** The edits to the file for hosts with a new address or host key; writes them on request. */
export function followMoves(file: TextFile, repaired: readonly RepairedHost[], write: boolean): readonly PlacedEdit[] {
  const changed = repaired.reduce(
    (so, {name, before, now, hostKeys}) => {
      const hostKey = before.hostKey === undefined ? undefined : bestHostKey(hostKeys)?.fingerprint
      const move = {host: name ?? before.address, before: before.address, address: now.address, hostKey}
      const {text, edits} = moveHost(so.text, move)
      return {text, edits: [...so.edits, ...edits]}
    },
    {text: file.text, edits: [] as readonly FileEdit[]},
  )
  if (write && changed.edits.length > 0) writeLocalText(file.name, changed.text)
  return changed.edits.map(edit => ({...edit, file: file.name}))
}
