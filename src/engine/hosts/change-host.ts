import {KadmError} from '../../domain/errors.ts'
import type {AnyHostResource} from '../../resources/any-resource.ts'
import {kindOf} from '../../resources/any-resource.ts'
import type {StagedFile} from '../../resources/core/kind.ts'
import {PROGRESS_MARK} from '../../resources/core/progress-line.ts'
import type {Values} from '../../resources/core/values.ts'
import {lostOf, throughCuts} from '../../remote/reconnect/come-back.ts'
import {ACT_MARK, actScript, lastAct, type Change} from './act.ts'
import {LEASE_LOST, leaseLost} from '../lease/fence.ts'
import {lookAfterCut} from './look-after-cut.ts'
import {look, parseLooks, type Looked} from './look.ts'
import type {Machine} from './machine.ts'
import {confirmOrRollBack, type Proving} from './confirm-or-roll-back.ts'

export interface HostChanging extends Pick<Proving, 'clock' | 'progress' | 'warn'> {
  readonly machine: Machine
  /** All host resources of the phase, in order. */
  readonly everything: readonly AnyHostResource[]
  readonly values: Values
  /** Uploads files to the host before an act needs them. */
  readonly upload: (machine: Machine, uploads: readonly StagedFile[]) => Promise<void>
  /** Called for resources that a later pass changes because of an earlier change. */
  readonly onFurtherChanges: (found: readonly Looked[]) => void
  readonly signal: AbortSignal
}

const ACT_TIMEOUT_MS = 15 * 60_000
/**
 * Enough passes for a file, then the unit that reads it, then a state that only the running unit shows, then a
 * wait for its effect.
 */
const PASSES = 4
/** The number of lost connections after which a phase still continues. */
const MOST_CUTS = 2

/**
 * Changes resources until nothing differs; a resource that still differs right after its own act is a failure.
 * Returns the number of changes.
 */
export async function changeHost(changing: HostChanging, found: readonly Looked[]): Promise<number> {
  let count = 0
  let cuts = 0
  let differing = found
  for (let pass = 1; differing.length > 0; pass++) {
    const due = beforeNextWait(differing)
    const {after, isCut} = await onePass(changing, due, cuts < MOST_CUTS)
    const left = after.filter(({diff}) => diff !== undefined)
    // After an interrupted act, some of its changes are still missing; that is expected and not an error.
    const open = new Set(isCut ? left.map(({resource}) => resource.id) : [])
    const acted = new Set(due.map(({resource}) => resource.id).filter(id => !open.has(id)))
    count += acted.size
    cuts += isCut ? 1 : 0
    const isLast = pass - cuts >= PASSES
    const stuck = left.filter(({resource}) => acted.has(resource.id) || (isLast && !isCut))
    if (stuck.length > 0) {
      throw new KadmError('remote', stuck.map(({resource, diff}) => `${resource.id}: ${diff ?? ''}`).join('\n'), {
        host: changing.machine.host.name,
        hint: 'the change did not take effect: the host still has the old state. Another program may be overwriting it',
      })
    }
    const told = new Set(differing.slice(due.length).map(({resource}) => resource.id))
    const more = left.filter(({resource}) => !told.has(resource.id))
    differing = left
    if (more.length > 0) changing.onFurtherChanges(more)
  }
  return count
}

/**
 * Returns the resources up to the first wait that follows a change. Stale state, such as a kubelet that still
 * runs with the earlier token, must be fixed first, or the wait cannot succeed.
 */
function beforeNextWait(differing: readonly Looked[]): readonly Looked[] {
  const isWait = ({resource}: Looked): boolean => kindOf(resource).onlyWaits === true
  const firstChange = differing.findIndex(looked => !isWait(looked))
  const nextWait = differing.findIndex((looked, i) => firstChange >= 0 && i > firstChange && isWait(looked))
  return nextWait < 0 ? differing : differing.slice(0, nextWait)
}

interface Pass {
  readonly after: readonly Looked[]
  /** The connection was lost during an act, so its result is unknown; `after` reads it. */
  readonly isCut: boolean
}

async function onePass(changing: HostChanging, differing: readonly Looked[], mayBeCut: boolean): Promise<Pass> {
  const {machine, everything, values, signal, progress} = changing
  const {host, lease} = machine
  if (lease === undefined) throw new Error(`${host.name}: cannot change the host without its lease`)
  await throughCuts(() => lease.confirm(), changing)
  const uploads = differing.flatMap(({resource, state}) => kindOf(resource).uploads?.(resource, state) ?? [])
  await throughCuts(() => changing.upload(machine, uploads), changing)
  const changes = await Promise.all(differing.map(looked => resolved(looked, values)))
  const made = new Map(changes.map(({resource}) => [resource.id, resource]))
  const wanted = everything.map(resource => made.get(resource.id) ?? resource)
  const trials = changes.flatMap(({resource, state}) => kindOf(resource).commitConfirm?.act(resource, state) ?? [])
  const run = host.run(actScript(changes, wanted, lease.fence).text, {
    signal,
    timeoutMs: ACT_TIMEOUT_MS,
    onStderrLine: line => {
      if (line.startsWith(PROGRESS_MARK)) progress(line.slice(PROGRESS_MARK.length))
    },
  })
  const result = await run.catch((error: unknown) => {
    if (lostOf(error) === undefined || host.reach === undefined || trials.length > 0 || !mayBeCut) throw error
    return 'cut' as const
  })
  if (result === 'cut') return {after: await lookAfterCut(host, wanted, {...changing, fence: lease.fence}), isCut: true}
  if (result.code !== 0) throw actFailed(host.name, result)
  for (const trial of trials) await confirmOrRollBack(trial, {...changing, host, fence: lease.fence, lend: lease.lend})
  const said = {stdout: result.stdout, stderr: withoutMarks(result.stderr)}
  const after = trials.length > 0 ? await look(host, wanted, signal) : parseLooks(said, wanted, host.name)
  return {after, isCut: false}
}

async function resolved({resource, state}: Looked, values: Values): Promise<Change> {
  const kind = kindOf(resource)
  // A kind's `resolve` returns a resource of the same kind.
  return {resource: (await kind.resolve?.(resource, state, values)) ?? resource, state}
}

const withoutMarks = (stderr: string): string =>
  stderr
    .split('\n')
    .filter(line => !line.startsWith(ACT_MARK) && !line.startsWith(PROGRESS_MARK))
    .join('\n')
    .trim()

function actFailed(host: string, {code, stderr}: {readonly code: number; readonly stderr: string}): KadmError {
  const evidence = withoutMarks(stderr)
  if (code === LEASE_LOST) return leaseLost(host, evidence)
  const last = evidence.split('\n').at(-1) ?? ''
  const what = lastAct(stderr) ?? 'the changes'
  return new KadmError('remote', `could not apply ${what}${last === '' ? '' : `: ${last}`}`, {
    host,
    evidence,
    hint: 'fix the errors above and run the same command again; completed steps are skipped',
  })
}
