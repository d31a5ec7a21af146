import {KadmError} from '../domain/errors.ts'
import {LEDGER_DIR} from '../domain/paths.ts'
import type {Host} from '../remote/host.ts'
import {join, Script, sh} from '../remote/shell.ts'
import type {AnyHostResource, State} from '../resources/any-resource.ts'
import {kindOf} from '../resources/any-resource.ts'
import {FRAME, look} from './look.ts'

/** One thing that kadm changed on a host: how it was first found, and how it was last applied (contents as hashes). */
export interface LedgerEntry {
  readonly folder: string
  readonly sequence: bigint
  readonly id: string
  readonly original: State
  readonly applied: AnyHostResource
}

const readScript = sh`cd ${LEDGER_DIR} 2>/dev/null || exit 0
for entry in *; do
  [ -e "$entry/sequence" ] || continue
  printf '\036%s\n' "$entry"; cat "$entry/sequence"; base64 -w0 < "$entry/original.json"; echo; base64 -w0 < "$entry/applied.json"; echo
done`

const decode = (text: string | undefined): unknown => JSON.parse(Buffer.from(text ?? '', 'base64').toString())

/** Newest first, which is the order in which they are undone. */
export function parseLedger(output: string): readonly LedgerEntry[] {
  return output
    .split(FRAME)
    .slice(1)
    .map(part => {
      const [folder = '', sequence = '0', original, applied] = part.split('\n')
      const {id, state} = decode(original) as {id: string; state: State}
      return {folder, sequence: BigInt(sequence), id, original: state, applied: decode(applied) as AnyHostResource}
    })
    .sort((a, b) => (a.sequence < b.sequence ? 1 : a.sequence > b.sequence ? -1 : 0))
}

export const readLedger = async (host: Host, signal: AbortSignal): Promise<readonly LedgerEntry[]> =>
  parseLedger(await host.read(readScript.text, {signal}))

export interface UndoReport {
  readonly undone: readonly string[]
  /** Changed since by others, and so left as they are. */
  readonly left: readonly {readonly id: string; readonly because: string}[]
}

const undoOne = (entry: LedgerEntry): Script => {
  const folder = `${LEDGER_DIR}/${entry.folder}`
  return sh`printf '\035act %s\n' ${entry.id} >&2
( set -eu; KEEP=${folder}/keep; ${kindOf(entry.applied).undo(entry.applied, entry.original)}
) </dev/null >&2
rm -rf ${folder}`
}

/**
 * Puts every first original back, newest change first, in one script after one look. An entry is removed once its thing is back, so
 * that an undo that was cut off goes on where it stopped.
 */
export async function undoLedger(host: Host, keep: (id: string) => boolean, signal: AbortSignal): Promise<UndoReport> {
  const entries = (await readLedger(host, signal)).filter(({id}) => !keep(id))
  const looked = await look(
    host,
    entries.map(({applied}) => applied),
    signal,
  )
  const left = looked.flatMap(({resource, diff}) => (diff === undefined ? [] : [{id: resource.id, because: diff}]))
  const ours = entries.filter(({id}) => !left.some(l => l.id === id))
  if (ours.length > 0) {
    const result = await host.run(join([new Script('set -eu'), ...ours.map(undoOne)]).text, {
      signal,
      timeoutMs: 600_000,
    })
    if (result.code !== 0) {
      throw new KadmError('remote', 'could not undo everything', {
        host: host.name,
        evidence: result.stderr,
        hint: 'mend what the lines above name and run the reset again; it goes on where it stopped',
      })
    }
  }
  return {undone: ours.map(({id}) => id), left}
}
