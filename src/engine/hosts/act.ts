import {createHash} from 'node:crypto'
import {LEASE_FILE, LEDGER_DIR} from '../../domain/paths.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import type {AnyHostResource, State} from '../../resources/any-resource.ts'
import {kindOf} from '../../resources/any-resource.ts'
import {treeShell} from '../../resources/files/remove-tree.ts'
import {checkFence, CLOSE_LOCK} from '../lease/fence.ts'
import {appliedDocument, originalDocument} from '../ledger/documents.ts'
import {idBefore2} from '../ledger/migrations.ts'
import {lookScript} from './look.ts'

/** Starts the line on stderr that names the running act. */
export const ACT_MARK = '\u001dact '

export interface Change {
  readonly resource: AnyHostResource
  readonly state: State
}

/** The folder name of a resource in the ledger: readable, and unique because of a hash. */
export function ledgerName(id: string): string {
  const readable = id
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80)
  return `${readable}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`
}

const entryOf = (id: string): string => `${LEDGER_DIR}/${ledgerName(id)}`

/** By a command of the shell itself: a script writes many of them, and a process costs the host as much as its work. */
const document = (value: unknown, path: string): Script => sh`printf %s ${ascii(JSON.stringify(value))} >${path}`

/** Shells differ in what they make of other bytes. */
const ascii = (json: string): string =>
  json.replaceAll(/[\u007f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * `everything` lists all resources of the phase, so that the final look also finds differences that this act
 * causes (such as a unit whose file was written).
 *
 * Checks the fence. Then, for each resource, it writes the original state to the ledger (only the first time:
 * the whole folder appears with one rename), writes the state it is about to apply, and acts. It ends with a
 * look at the same resources, so that one round trip acts and verifies.
 */
export function actScript(changes: readonly Change[], everything: readonly AnyHostResource[], fence: number): Script {
  return concat([
    sh`set -eu
umask 022
${checkFence(fence)}
mkdir -p -m 0700 ${LEDGER_DIR}
touch ${LEASE_FILE}
kadm_sequence=$(date +%s%N)
${treeShell}`,
    ...changes.map(change => oneAct(change)),
    lookScript(everything),
  ])
}

function oneAct({resource, state}: Change): Script {
  const kind = kindOf(resource)
  const entry = entryOf(resource.id)
  const shown = appliedDocument(resource)
  const head = sh`printf '\035act %s\n' ${resource.id} >&2`
  const body = sh`( set -eu; ${kind.act(resource, state)}
) </dev/null >&2 ${CLOSE_LOCK}`
  if (kind.schema === undefined) return concat([head, body])
  return concat([
    head,
    takeOverEntry(resource.id),
    // An entry without a sequence number was being deleted when the run was interrupted: its resource is
    // already in its original state.
    sh`if [ ! -e ${entry}/sequence ]; then
[ ! -e ${entry} ] && [ ! -e ${entry}.new ] || kadm_remove_trees ${entry} ${entry}.new
mkdir -p -m 0700 ${entry}.new/keep`,
    ...backupOf({resource, state}, `${entry}.new/keep`),
    document(originalDocument(resource, state), `${entry}.new/original.json`),
    document(shown, `${entry}.new/applied.json`),
    sh`kadm_sequence=$((kadm_sequence + 1)); echo "$kadm_sequence" >${entry}.new/sequence
mv ${entry}.new ${entry}
else
[ ! -e ${entry}/undoing ] || rm -f -- ${entry}/undoing`,
    document(shown, `${entry}/applied.json.new`),
    sh`mv ${entry}/applied.json.new ${entry}/applied.json
fi`,
    body,
  ])
}

function backupOf({resource, state}: Change, folder: string): readonly Script[] {
  const script = kindOf(resource).backup?.(resource, state)
  if (script === undefined || script.text === ':') return []
  return [
    sh`( set -eu; BACKUP=${folder}; ${script}
) </dev/null >&2 ${CLOSE_LOCK}`,
  ]
}

/** An entry that an earlier kadm made under another name of the kind stays the entry of its resource. */
function takeOverEntry(id: string): Script {
  const before = idBefore2(id)
  if (before === undefined) return new Script('')
  const [entry, old] = [entryOf(id), entryOf(before)]
  return sh`if [ -e ${old}/sequence ] && [ ! -e ${entry}/sequence ]; then
kadm_remove_trees ${entry}; mv -T -- ${old} ${entry}; fi`
}

/** The id of the act that was running when a script failed, read from its stderr. */
export function lastAct(stderr: string): string | undefined {
  const at = stderr.lastIndexOf(ACT_MARK)
  return at < 0 ? undefined : stderr.slice(at + ACT_MARK.length).split('\n')[0]
}
