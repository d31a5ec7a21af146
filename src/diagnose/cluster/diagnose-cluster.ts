import type {Certainty, Diagnosis} from '../diagnosis.ts'
import {viewOf, type ClusterRule, type ClusterView} from './cluster-view.ts'
import type {Expected} from './expected.ts'
import {API_RULES} from './rules/api-rules.ts'
import {CONFIG_RULES} from './rules/config-rules.ts'
import {CONTROL_PLANE_POD_RULES} from './rules/control-plane-pod-rules.ts'
import {LOAD_BALANCER_RULES} from './rules/load-balancer-rules.ts'
import {NODE_RULES} from './rules/node-rules.ts'
import {POD_RULES} from './rules/pod-rules.ts'
import {RIGHTS_RULES} from './rules/rights-rules.ts'
import {TAINT_RULES} from './rules/taint-rules.ts'
import {WORKLOAD_RULES} from './rules/workload-rules.ts'
import type {ClusterSnapshot} from './snapshot.ts'

/** From the control plane down to the pods: what comes first is rather the cause of what comes later. */
export const CLUSTER_RULES: readonly ClusterRule[] = [
  ...CONTROL_PLANE_POD_RULES,
  ...LOAD_BALANCER_RULES,
  ...API_RULES,
  ...NODE_RULES,
  ...TAINT_RULES,
  ...RIGHTS_RULES,
  ...CONFIG_RULES,
  ...WORKLOAD_RULES,
  ...POD_RULES,
]

const ORDER = ['certain', 'likely', 'possible'] as const satisfies readonly Certainty[]

/** Every fault that the snapshot shows, the surest first; what only follows from another is left out. */
export const diagnoseCluster = (snapshot: ClusterSnapshot, expected: Expected): readonly Diagnosis[] =>
  diagnoseView(viewOf(snapshot, expected))

export function diagnoseView(view: ClusterView): readonly Diagnosis[] {
  const found = CLUSTER_RULES.map(rule => ({rule, judgements: rule.judge(view)}))
  const told = new Set(found.flatMap(({rule, judgements}) => (judgements.length > 0 ? [rule.name] : [])))
  const all = found
    .filter(({rule}) => !(rule.follows ?? []).some(cause => told.has(cause)))
    .flatMap(({rule, judgements}) => judgements.map((judgement): Diagnosis => ({name: rule.name, ...judgement})))
  return ORDER.flatMap(certainty => all.filter(diagnosis => diagnosis.certainty === certainty))
}
