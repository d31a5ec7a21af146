import {at, conditionOf, nameOf, namespaceOf, numberAt, textAt, textsAt, type ApiObject} from '../json.ts'
import {selects} from '../label-selector.ts'

/** A PodDisruptionBudget that does not allow all evictions of a drain at once. */
export interface BudgetLimit {
  /** `namespace/name`. */
  readonly budget: string
  readonly pods: readonly string[]
  /** Evictions that it allows now. */
  readonly allowed: number
  readonly healthy: number
  readonly needed: number
  /** Set when no eviction of these pods ever succeeds: the reason, in one sentence. */
  readonly because: string | undefined
}

/** Whether the eviction of a pod needs no budget (canIgnorePDB in pkg/registry/core/pod/storage/eviction.go). */
const needsNoBudget = (pod: ApiObject): boolean =>
  at(pod, 'metadata', 'deletionTimestamp') !== undefined ||
  ['Succeeded', 'Failed', 'Pending'].includes(textAt(pod, 'status', 'phase') ?? '')

const isReady = (pod: ApiObject): boolean => textAt(conditionOf(pod, 'Ready'), 'status') === 'True'

/** Whether a budget lets a pod go because it is not ready (spec.unhealthyPodEvictionPolicy). */
function isFreeAsUnready(pod: ApiObject, budget: ApiObject): boolean {
  if (isReady(pod)) return false
  if (textAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true
  const needed = numberAt(budget, 'status', 'desiredHealthy') ?? 0
  return needed > 0 && (numberAt(budget, 'status', 'currentHealthy') ?? 0) >= needed
}

const covers = (budget: ApiObject, pod: ApiObject): boolean =>
  namespaceOf(budget) === namespaceOf(pod) &&
  selects(at(budget, 'spec', 'selector'), textsAt(pod, 'metadata', 'labels'))

const placeOf = (object: ApiObject): string => `${namespaceOf(object)}/${nameOf(object)}`

/** The budgets that forbid or delay the eviction of these pods now, with their numbers. */
export function budgetLimits(pods: readonly ApiObject[], budgets: readonly ApiObject[]): readonly BudgetLimit[] {
  const byNamespace = Map.groupBy(budgets, namespaceOf)
  const bound = pods
    .filter(pod => !needsNoBudget(pod))
    .map(pod => ({pod, own: (byNamespace.get(namespaceOf(pod)) ?? []).filter(budget => covers(budget, pod))}))
  const several = bound.filter(({own}) => own.length > 1)
  const single = bound.flatMap(({pod, own: [budget, ...others]}) =>
    budget === undefined || others.length > 0 || isFreeAsUnready(pod, budget) ? [] : [{pod, budget}],
  )
  return [
    ...[...Map.groupBy(single, ({budget}) => budget)].flatMap(([budget, held]) => {
      const limit = limitOf(
        budget,
        held.map(({pod}) => placeOf(pod)),
      )
      return held.length > limit.allowed ? [limit] : []
    }),
    ...several.map(({pod, own}) => ({
      budget: own.map(placeOf).join(' and '),
      pods: [placeOf(pod)],
      allowed: 0,
      healthy: 0,
      needed: 0,
      because: 'the API server evicts no pod that has more than one budget',
    })),
  ]
}

const limitOf = (budget: ApiObject, pods: readonly string[]): BudgetLimit => ({
  budget: placeOf(budget),
  pods,
  allowed: numberAt(budget, 'status', 'disruptionsAllowed') ?? 0,
  healthy: numberAt(budget, 'status', 'currentHealthy') ?? 0,
  needed: numberAt(budget, 'status', 'desiredHealthy') ?? 0,
  because: undefined,
})

/** Whether the drain stops here until something changes, and is not only slowed down. */
export const blocks = ({allowed}: BudgetLimit): boolean => allowed === 0
