import {KadmError} from '../../domain/errors.ts'
import type {Sink} from '../../domain/events.ts'
import {findLost, type Replacement} from '../removal/replace.ts'
import type {WorkflowOptions} from './options.ts'
import type {Session} from './session.ts'

/**
 * Asks about lost control planes when new ones are to join, because etcd would refuse these; otherwise it only warns. Undefined when
 * there is nothing to remove.
 */
export async function askAboutLost(options: WorkflowOptions, session: Session): Promise<Replacement | undefined> {
  const {replacing} = options
  if (replacing === undefined) return undefined
  const lost = await findLost(options, session, replacing.note)
  if (lost === undefined) return undefined
  if (!lost.isNeeded) {
    warnOfLost(options, lost)
    return undefined
  }
  refuse(lost)
  const names = namesOf(lost)
  replacing.note(lostTexts(lost).join('\n'))
  if (await replacing.ask(`Remove ${names} from the cluster, so that the new control plane can join?`)) return lost
  throw new KadmError('cancelled', 'nothing was changed', {
    hint: `start ${names} again, or remove it with: kadm remove ${names} --dead`,
  })
}

/** For a plan, which asks nothing. Returns what a run would remove after its question. */
export async function tellOfLost(options: WorkflowOptions, session: Session): Promise<Replacement | undefined> {
  const lost = options.replacing === undefined ? undefined : await findLost(options, session, options.replacing.note)
  if (lost !== undefined) warnOfLost(options, lost)
  return lost?.isNeeded === true ? lost : undefined
}

const namesOf = ({plan}: Replacement): string => plan.removals.map(({name}) => name).join(' ')

/** One sentence for each lost control plane. */
const lostTexts = ({plan}: Replacement): readonly string[] =>
  plan.removals.map(({name, address, drain}) => {
    const pods = drain.moved.length + drain.lost.length
    const moved = pods === 0 ? '' : `; ${String(pods)} of its pods are then created again on other nodes or lost`
    return `${name}${address === undefined ? '' : ` (${address})`} is a control plane that the file does not list, and it is dead: neither its kubelet nor its etcd answers${moved}`
  })

function warnOfLost(
  {emit, clock}: {readonly emit: Sink; readonly clock: WorkflowOptions['clock']},
  lost: Replacement,
): void {
  lost.plan.removals.forEach(({name}, i) => {
    const next = lost.isNeeded ? 'kadm apply asks before it removes it' : `remove it with: kadm remove ${name} --dead`
    emit({type: 'warning', host: name, message: `${lostTexts(lost)[i] ?? name}; ${next}`, at: clock.now()})
  })
}

function refuse({plan: {refusals}}: Replacement): void {
  if (refusals.length === 0) return
  throw new KadmError('preflight', `a lost control plane cannot be replaced: ${refusals.join('; ')}`, {
    hint: 'start the control planes that are down; kadm etcd members shows them',
  })
}
