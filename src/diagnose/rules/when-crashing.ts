import type {Rule} from '../diagnosis.ts'
import {CONTROL_PLANE, isCrashing} from '../log.ts'

/** Rules about a program's end hold only for one that keeps ending. */
export const whenCrashing = (rule: Rule): Rule => ({
  ...rule,
  judge: (evidence, what) => {
    const names = new Set<string>(CONTROL_PLANE)
    const containers = evidence.containers.filter(
      container => !names.has(container.name) || isCrashing(container, evidence.now),
    )
    return rule.judge({...evidence, containers}, what)
  },
})
