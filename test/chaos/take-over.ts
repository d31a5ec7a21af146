import type {TestLab} from '../e2e/test-lab.ts'
import {runUnderTrouble, type Point, type Troubled} from './run-under-trouble.ts'

export interface WhileAsleep {
  /** Takes the machines over. */
  readonly meanwhile: () => Promise<void>
  /** Called before the run is woken and after it has ended. */
  readonly look: () => Promise<void>
}

/** Stops a run at the point, as a laptop that falls asleep does, and wakes it when its machines were taken over; waits for its end. */
export async function takeOver(
  lab: TestLab,
  args: readonly string[],
  point: Point,
  {meanwhile, look}: WhileAsleep,
): Promise<Troubled> {
  const done = await runUnderTrouble(lab, args, point, async signal => {
    signal('SIGSTOP')
    try {
      await meanwhile()
      await look()
    } finally {
      signal('SIGCONT')
    }
  })
  if (done.at !== undefined) await look()
  return done
}
