import {LEDGER_DIR} from '../../domain/paths.ts'
import type {Host} from '../../remote/host.ts'
import {sh} from '../../remote/shell/shell.ts'
import {FRAME} from '../hosts/look.ts'
import {readEntry, type LedgerEntry, type UnreadEntry} from './read-entry.ts'

/** An entry without a sequence number does not count: its deletion was interrupted. */
const readScript = sh`cd ${LEDGER_DIR} 2>/dev/null || exit 0
for entry in *; do
  [ -e "$entry/sequence" ] || continue
  printf '\036%s\n' "$entry"
  for file in sequence original.json applied.json; do
    if [ -f "$entry/$file" ]; then base64 -w0 <"$entry/$file" || :; echo; else echo -; fi
  done
  [ ! -e "$entry/undoing" ] || echo undoing
done`

export interface Ledger {
  /** Newest first, which is the order of the reverts. */
  readonly entries: readonly LedgerEntry[]
  /** Entries that are left alone, because this kadm cannot read them. */
  readonly unread: readonly UnreadEntry[]
}

const decode = (line: string | undefined): string | undefined =>
  line === undefined || line === '-' ? undefined : Buffer.from(line, 'base64').toString()

export function parseLedger(output: string): Ledger {
  const all = output
    .split(FRAME)
    .slice(1)
    .map(part => {
      const [folder = '', sequence, original, applied, begun] = part.split('\n')
      return readEntry({
        folder,
        sequence: decode(sequence)?.trim(),
        original: decode(original),
        applied: decode(applied),
        wasBegun: begun === 'undoing',
      })
    })
  return {
    entries: all
      .filter(one => 'sequence' in one)
      .sort((a, b) => (a.sequence < b.sequence ? 1 : a.sequence > b.sequence ? -1 : 0)),
    unread: all.filter(one => 'because' in one),
  }
}

/** Reads in one round trip; no content of the ledger makes it fail. */
export const readLedger = async (host: Host, signal: AbortSignal): Promise<Ledger> =>
  parseLedger(await host.read(readScript.text, {signal}))
