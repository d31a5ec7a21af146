import {toleranceOf} from '../domain/etcd.ts'
import type {RemovalPlan, PlannedRemoval} from '../engine/removal/removal-plan.ts'
import {blocks, type BudgetLimit} from '../kube/drain/disruption-budgets.ts'
import {plural} from './words.ts'

/** What a removal will do, for the question before it: one block for each machine, then budgets and etcd. */
export function renderRemoval(plan: RemovalPlan): string {
  return [
    ...plan.removals.map(removal => [headOf(removal), ...linesOf(removal).map(line => `  ${line}`)].join('\n')),
    ...plan.limits.map(limitText),
    ...etcdLines(plan),
  ].join('\n')
}

function headOf({name, address, role, isListed, isDead}: PlannedRemoval): string {
  const what = role === 'control-plane' ? 'control plane' : 'worker'
  const state = isDead ? ', dead' : isListed ? '' : ', not in the cluster any more'
  return `${name}${address === undefined ? '' : ` (${address})`}: ${what}${state}`
}

function linesOf({isDead, isSilent, drain: {moved, lost, staying}}: PlannedRemoval): readonly string[] {
  const moves = isDead ? 'is created again on other nodes' : 'is evicted'
  return [
    ...(moved.length === 0 ? [isDead ? 'no pod to create again' : 'no pod to evict'] : []),
    ...moved.map(pod => `${moves}: ${pod}`),
    ...lost.map(({pod, because}) =>
      because === 'emptyDir' && !isDead
        ? `is evicted, and loses its emptyDir data: ${pod}`
        : because === 'emptyDir'
          ? `is created again on other nodes, without its emptyDir data: ${pod}`
          : `is lost, because no controller creates it again: ${pod}`,
    ),
    ...(staying.length === 0
      ? []
      : [`${plural(staying.length, 'other pod')} of the machine stop${staying.length === 1 ? 's' : ''} with it`]),
    ...(isSilent === true && !isDead && moved.length + lost.length > 0
      ? ['its kubelet does not report, so its pods do not terminate: start it, or pass --skip-wait-for-delete-timeout']
      : []),
    isDead ? 'nothing is done on the machine' : 'the machine is then reset',
  ]
}

function limitText(limit: BudgetLimit): string {
  const {budget, pods, allowed, healthy, needed, because} = limit
  if (because !== undefined) return `budgets ${budget} block the drain: ${because} (${pods.join(', ')})`
  const numbers = `it needs ${plural(needed, 'healthy pod')} and has ${String(healthy)}`
  return blocks(limit)
    ? `budget ${budget} blocks the drain now: ${numbers} (${pods.join(', ')})`
    : `budget ${budget} slows the drain down: it allows ${String(allowed)} of ${plural(pods.length, 'eviction')} now; ${numbers}`
}

function etcdLines({members, votersAfter}: RemovalPlan): readonly string[] {
  if (votersAfter === undefined) return []
  return [
    `${members.map(({node}) => node).join(', ')} ${members.length === 1 ? 'leaves' : 'leave'} etcd, which then has ${plural(votersAfter, 'voting member')}; ${String(toleranceOf(votersAfter))} may fail`,
  ]
}
