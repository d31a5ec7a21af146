import {DEAD_RULES} from '../../kube/drain/drain-plan.ts'
import type {DrainRules} from '../../kube/drain/pod-fate.ts'

/** kubectl's flags for the whole drain. */
export interface DrainSettings {
  readonly rules: DrainRules
  readonly disableEviction: boolean
  /** Seconds; undefined: as each pod says. */
  readonly gracePeriodSeconds: number | undefined
  /** 0 for no limit. */
  readonly timeoutMs: number
  readonly podSelector: string | undefined
}

/** For a machine that never comes back. */
export const DEAD_DRAIN: DrainSettings = {
  rules: DEAD_RULES,
  disableEviction: true,
  gracePeriodSeconds: undefined,
  timeoutMs: 0,
  podSelector: undefined,
}
