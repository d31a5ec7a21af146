import type {KadmAnswer, KadmEvent} from '../e2e/run-kadm.ts'
import type {TestLab} from '../e2e/test-lab.ts'

/** Where trouble comes: so many ms after the first event of a run that is meant, by what it says or by its number from 0. */
export interface Point {
  readonly isMeant: (event: KadmEvent, index: number) => boolean
  readonly afterMs: number
}

export interface Troubled {
  readonly answer: KadmAnswer
  /** The phase and host of the event after which trouble came; undefined when the run ended before that. */
  readonly at: string | undefined
}

export type Signal = (signal: NodeJS.Signals) => void

/** Runs the tool with `--json` and makes trouble at the point; waits for the end of both. */
export async function runUnderTrouble(
  lab: TestLab,
  args: readonly string[],
  {isMeant, afterMs}: Point,
  trouble: (signal: Signal) => Promise<void> | void,
): Promise<Troubled> {
  let seen = 0
  let at: string | undefined
  let made: Promise<void> = Promise.resolve()
  const answer = await lab.kadm([...args, '--json'], {
    onEvent: (event, signal) => {
      if (at !== undefined || !isMeant(event, seen++)) return
      at = whereabouts(event)
      made = later(afterMs).then(() => trouble(signal))
      made.catch(() => undefined)
    },
  })
  await made
  return {answer, at}
}

const whereabouts = ({type, host = '', phase = ''}: KadmEvent): string => `${type} ${phase} ${host}`.trim()

const later = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
