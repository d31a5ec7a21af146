import {canonicalAddress} from '../../domain/cidr.ts'
import {judgeRemoval, type Leaver, type LeavingMember, type ListedNode} from '../../domain/removal.ts'
import type {AskedMember} from '../../domain/etcd.ts'
import {budgetLimits, type BudgetLimit} from '../../kube/drain/disruption-budgets.ts'
import {DEAD_RULES, drainPlan, type DrainPlan, type PodRefusal} from '../../kube/drain/drain-plan.ts'
import {FLAG_FOR, podFate, type DrainRules} from '../../kube/drain/pod-fate.ts'
import type {ApiObject} from '../../kube/json.ts'

/** A machine that leaves, with the pods of its node. */
export interface LeaverWithPods extends Leaver {
  readonly pods: readonly ApiObject[]
  /** Its kubelet does not report, so its pods do not terminate. */
  readonly isSilent?: boolean | undefined
  /** What shows that a machine that is said to be dead works; undefined when nothing does. */
  readonly signOfLife?: string | undefined
}

/** One machine of a removal, and what becomes of its pods. */
export interface PlannedRemoval extends Leaver, Pick<LeaverWithPods, 'isSilent'> {
  readonly drain: DrainPlan
}

/** Everything that a removal does, decided before it begins. */
export interface RemovalPlan {
  readonly removals: readonly PlannedRemoval[]
  readonly members: readonly LeavingMember[]
  /** Members of etcd that vote afterwards; undefined when no member leaves. */
  readonly votersAfter: number | undefined
  readonly limits: readonly BudgetLimit[]
  /** Why the removal must not begin. */
  readonly refusals: readonly string[]
}

export interface RemovalInput {
  readonly leavers: readonly LeaverWithPods[]
  readonly nodes: readonly ListedNode[]
  readonly members: readonly AskedMember[]
  readonly budgets: readonly ApiObject[]
  /** The host of the control plane endpoint, where the cluster has one. */
  readonly endpointHost?: string | undefined
  readonly rules: DrainRules
  /** Deletes pods without asking their budgets. */
  readonly disableEviction: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Decides what the removal of these machines does and what forbids it. */
export function removalPlan(input: RemovalInput): RemovalPlan {
  const {leavers, nodes, members, budgets, rules, now} = input
  const removals = leavers.map(({pods, ...leaver}) => ({
    ...leaver,
    drain: drainPlan(pods, leaver.isDead ? DEAD_RULES : rules, now),
  }))
  const evicted = leavers.flatMap(({isDead, pods}) =>
    isDead || input.disableEviction ? [] : pods.filter(pod => podFate(pod, rules, now).kind === 'leaves'),
  )
  const verdict = judgeRemoval(leavers, nodes, members)
  const left = members.filter(({id, isLearner}) => !isLearner && !verdict.members.some(one => one.id === id))
  return {
    removals,
    members: verdict.members,
    votersAfter: verdict.members.length === 0 ? undefined : left.length,
    limits: budgetLimits(evicted, budgets),
    refusals: [
      ...leavers.flatMap(({name, signOfLife}) =>
        signOfLife === undefined ? [] : [`cannot remove ${name} as dead: ${signOfLife}`],
      ),
      ...verdict.refusals,
      ...endpointRefusals(input),
      ...removals.flatMap(({name, drain}) => drain.refused.map(refused => refusalText(name, refused))),
    ],
  }
}

/** Every kubelet would lose the API with this machine. A dead one has lost it already. */
const endpointRefusals = ({leavers, endpointHost}: RemovalInput): readonly string[] =>
  endpointHost === undefined
    ? []
    : leavers.flatMap(({name, address, isDead}) =>
        isDead ||
        ![name, address].some(own => own !== undefined && canonicalAddress(own) === canonicalAddress(endpointHost))
          ? []
          : [
              `cannot remove ${name}: all nodes reach the API at ${endpointHost}, the control plane endpoint, which is this machine`,
            ],
      )

function refusalText(node: string, {pod, because}: PodRefusal): string {
  const flag = FLAG_FOR[because]
  switch (because) {
    case 'no controller':
      return `cannot drain ${node}: no controller creates ${pod} again; to delete it, pass ${flag}`
    case 'emptyDir':
      return `cannot drain ${node}: ${pod} has data in an emptyDir volume; to delete the data, pass ${flag}`
    case 'DaemonSet':
      return `cannot drain ${node}: a DaemonSet manages ${pod}; to let it stop with the machine, pass ${flag}`
  }
}
