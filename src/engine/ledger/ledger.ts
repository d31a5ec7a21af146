import {KadmError} from '../../domain/errors.ts'
import {LEDGER_DIR} from '../../domain/paths.ts'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'
import type {AnyHostResource, State} from '../../resources/any-resource.ts'
import {kindOf} from '../../resources/any-resource.ts'
import {lastAct} from '../hosts/act.ts'
import {CLOSE_LOCK, runFenced} from '../lease/fence.ts'
import {removeBelow} from '../../resources/files/remove-tree.ts'
import type {LedgerEntry} from './read-entry.ts'
import {readLedger} from './read-ledger.ts'
import {look, type Looked} from '../hosts/look.ts'
import {confirmOrRollBack, type Proving} from '../hosts/confirm-or-roll-back.ts'

/** A resource that is not reverted, with its entry in the ledger. */
export interface LeftEntry {
  readonly id: string
  readonly because: string
  /** `changed`: another program changed it since. `unread`: this kadm cannot read its entry in the ledger. */
  readonly reason: 'changed' | 'unread'
}

export interface RevertReport {
  readonly undone: readonly string[]
  readonly left: readonly LeftEntry[]
}

const revertOne = ({folder, id, applied, original}: LedgerEntry): Script => sh`printf '\035act %s\n' ${id} >&2
( set -eu; BACKUP=${LEDGER_DIR}/${folder}/keep; ${kindOf(applied).revert(applied, original)}
) </dev/null >&2 ${CLOSE_LOCK}`

const afterRevertOf = ({applied, original}: LedgerEntry): Script => {
  const script = kindOf(applied).afterRevert?.(applied, original)
  return script === undefined
    ? sh`:`
    : sh`( set -eu; ${script}
) </dev/null >&2 ${CLOSE_LOCK}`
}

/** Why a resource counts as changed by another program; undefined when it is as kadm left it. */
const driftOf = ({resource, state, diff}: Looked): string | undefined => {
  const {drift} = kindOf(resource)
  return drift === undefined ? diff : drift(resource, state)
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/**
 * How many parts of a resource equal the original state; what the resource refers to does not count, because it
 * may already be reverted.
 */
export function backParts(resource: AnyHostResource, state: State, original: State): 'all' | 'some' | 'none' {
  const {identity} = kindOf(resource)
  const [now, then] = [identity(state), identity(original)]
  const back = Object.keys({...now, ...then}).map(part => same(now[part], then[part]))
  return back.every(Boolean) ? 'all' : back.some(Boolean) ? 'some' : 'none'
}

/**
 * Why an entry is not reverted; an interrupted revert leaves a resource of several parts half restored, which
 * does not count as drift.
 */
function whyLeft(found: Looked, entry: LedgerEntry): string | undefined {
  const back = backParts(found.resource, found.state, entry.original)
  return back === 'all' || (back === 'some' && entry.wasBegun) ? undefined : driftOf(found)
}

/**
 * For the run that holds the lease. Restores every original state, newest change first, in one script after one
 * look. The entries are deleted after everything is restored, so an interrupted revert starts again from the
 * beginning: every revert must be safe to run twice. Changes that may cut the connection come last, one by one.
 */
export async function revertLedger(proving: Proving): Promise<RevertReport> {
  const {host, signal} = proving
  const {entries, unread} = await readLedger(host, signal)
  const looked = await look(
    host,
    entries.map(({applied}) => applied),
    signal,
  )
  const changed = looked.flatMap((found, i): readonly LeftEntry[] => {
    const entry = entries[i]
    const because = entry === undefined ? undefined : whyLeft(found, entry)
    return because === undefined || entry === undefined ? [] : [{id: entry.id, because, reason: 'changed'}]
  })
  const ours = entries.filter(({id}) => !changed.some(one => one.id === id))
  const isCommitConfirm = ({applied}: LedgerEntry): boolean => kindOf(applied).commitConfirm !== undefined
  await revertScript(
    ours.filter(entry => !isCommitConfirm(entry)),
    proving,
  )
  for (const entry of ours.filter(isCommitConfirm)) {
    const isAlready = looked.some(
      ({resource, state}) => resource.id === entry.id && backParts(resource, state, entry.original) === 'all',
    )
    await (isAlready ? run(forget([entry]), proving) : revertCommitConfirm(entry, proving))
  }
  const strange = unread.map(({id, because}): LeftEntry => ({id, because, reason: 'unread'}))
  return {undone: ours.map(({id}) => id), left: [...changed, ...strange]}
}

// An entry without a sequence number does not count, so that a partly deleted entry is never read.
function forget(entries: readonly LedgerEntry[]): Script {
  const folders = entries.map(({folder}) => `${LEDGER_DIR}/${folder}`)
  return sh`rm -f -- ${folders.map(folder => `${folder}/sequence`)}
${removeBelow(LEDGER_DIR, folders)}`
}

async function revertScript(entries: readonly LedgerEntry[], proving: Proving): Promise<void> {
  if (entries.length === 0) return
  const begin = sh`touch -- ${entries.map(({folder}) => `${LEDGER_DIR}/${folder}/undoing`)}`
  await run(concat([begin, ...entries.map(revertOne), ...entries.map(afterRevertOf), forget(entries)]), proving)
}

async function revertCommitConfirm(entry: LedgerEntry, proving: Proving): Promise<void> {
  const {applied, original, folder} = entry
  const commitConfirm = kindOf(applied).commitConfirm?.revert(applied, original)
  if (commitConfirm === undefined) return
  await run(revertOne(entry), proving)
  const confirm = concat([sh`BACKUP=${LEDGER_DIR}/${folder}/keep`, commitConfirm.confirm])
  await confirmOrRollBack({...commitConfirm, confirm}, proving)
  await run(forget([entry]), proving)
}

async function run(script: Script, {host, fence, signal}: Proving): Promise<void> {
  const result = await runFenced(host, fence, script, {signal, timeoutMs: 1_800_000})
  if (result.code === 0) return
  throw new KadmError('remote', `could not undo ${lastAct(result.stderr) ?? 'everything'}`, {
    host: host.name,
    evidence: result.stderr,
    hint: 'fix the errors above and run kadm reset again',
  })
}
