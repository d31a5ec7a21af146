import {nameOf, namespaceOf, type ApiObject} from '../json.ts'
import {podFate, type DrainRules, type Loss, type PodFate} from './pod-fate.ts'

/** What the drain of one node does with its pods; each as `namespace/name`. */
export interface DrainPlan {
  /** A controller creates them again on another node. */
  readonly moved: readonly string[]
  /** Deleted permanently, or with their data. */
  readonly lost: readonly PodLoss[]
  /** They stop with their machine. */
  readonly staying: readonly string[]
  /** They stop the drain, until a flag allows it. */
  readonly refused: readonly PodRefusal[]
}

export interface PodLoss {
  readonly pod: string
  readonly because: Loss
}

export interface PodRefusal {
  readonly pod: string
  readonly because: Loss | 'DaemonSet'
}

/** The rules for a machine that never comes back: what it alone had is lost already. */
export const DEAD_RULES: DrainRules = {
  force: true,
  ignoreDaemonSets: true,
  deleteEmptyDirData: true,
  skipWaitForDeleteSeconds: 0,
}

/** What a drain would do with these pods of a node; `now` is in milliseconds. */
export function drainPlan(pods: readonly ApiObject[], rules: DrainRules, now: number): DrainPlan {
  const judged = pods.map(pod => ({pod: `${namespaceOf(pod)}/${nameOf(pod)}`, fate: podFate(pod, rules, now)}))
  const of = (wanted: (fate: PodFate) => boolean): readonly string[] =>
    judged.filter(({fate}) => wanted(fate)).map(({pod}) => pod)
  return {
    moved: of(fate => fate.kind === 'leaves' && fate.loses === undefined),
    lost: judged.flatMap(({pod, fate}) =>
      fate.kind === 'leaves' && fate.loses !== undefined ? [{pod, because: fate.loses}] : [],
    ),
    staying: of(({kind}) => kind === 'stays'),
    refused: judged.flatMap(({pod, fate}) => (fate.kind === 'refused' ? [{pod, because: fate.because}] : [])),
  }
}
