import {labKill, labPowerOn} from '../../src/lab/run/lab-power.ts'
import type {KadmAnswer} from '../e2e/run-kadm.ts'
import {differences, snapshot, type Snapshot} from '../e2e/snapshot.ts'
import {LEFT_BY_RESET} from '../e2e/left-by-reset.ts'
import type {TestLab} from '../e2e/test-lab.ts'
import {errorsIn} from '../e2e/told.ts'
import {cutCable, plugCable} from './cable.ts'
import type {Dice} from './dice.ts'
import {nodeState} from './node-state.ts'
import {runUnderTrouble, type Point, type Troubled} from './run-under-trouble.ts'
import {takeOver} from './take-over.ts'

export const TROUBLES = ['kill', 'interrupt', 'cable', 'cable-back', 'power', 'take-over'] as const
export type Trouble = (typeof TROUBLES)[number]

/** What an undisturbed run left and how many events it had, so that trouble can come anywhere in one. */
export interface Undisturbed {
  readonly bare: ReadonlyMap<string, Snapshot>
  readonly nodes: ReadonlyMap<string, Snapshot>
  readonly applyEvents: number
  readonly resetEvents: number
}

export interface Sweep {
  readonly lab: TestLab
  readonly machines: readonly string[]
  readonly apply: readonly string[]
  readonly reset: readonly string[]
  /** The machines that `reset` makes bare; all by default. */
  readonly leaving?: readonly string[]
}

const OUTAGE_MS = 20_000
/** Reruns that a cycle may take: after a take-over or a lost host the holder of the lease may have to be waited for. */
const RERUNS = 6

/** Brings the machines to a cluster and back without trouble. */
export async function undisturbed(sweep: Sweep): Promise<Undisturbed> {
  const bare = await snapshots(sweep)
  const applied = await sweep.lab.kadmDone([...sweep.apply, '--json'])
  const nodes = new Map([...(await snapshots(sweep))].map(([machine, seen]) => [machine, nodeState(seen)]))
  const undone = await sweep.lab.kadmDone([...sweep.reset, '--json'])
  return {bare, nodes, applyEvents: applied.events.length, resetEvents: undone.events.length}
}

const snapshots = async ({lab, machines}: Sweep): Promise<ReadonlyMap<string, Snapshot>> =>
  new Map(await Promise.all(machines.map(async machine => [machine, await snapshot(lab, machine)] as const)))

const pointAt = (event: number, afterMs: number): Point => ({isMeant: (_, index) => index === event, afterMs})

export const plan = (trouble: Trouble, events: number, machines: readonly string[], {below, oneOf}: Dice): Planned => ({
  trouble,
  point: pointAt(below(events - 1), below(400)),
  machine: oneOf(machines),
})

/** Trouble in one run: of what kind, at which point, on which machine where it is a machine's. */
export interface Planned {
  readonly trouble: Trouble
  readonly point: Point
  readonly machine: string
}

/** Makes the trouble; the machines are reachable again at the end. Gives how the run ended and where trouble came. */
export async function make(
  sweep: Sweep,
  args: readonly string[],
  {trouble, point, machine}: Planned,
): Promise<Troubled> {
  const {lab} = sweep
  switch (trouble) {
    case 'kill':
      return runUnderTrouble(lab, args, point, signal => signal('SIGKILL'))
    case 'interrupt':
      return runUnderTrouble(lab, args, point, signal => signal('SIGINT'))
    case 'power': {
      const done = await runUnderTrouble(lab, args, point, () => labKill(lab.lab.name, machine))
      await labPowerOn(lab.lab.name, machine)
      return done
    }
    case 'cable': {
      const done = await runUnderTrouble(lab, args, point, () => cutCable(lab, machine))
      await plugCable(lab, machine)
      return done
    }
    case 'cable-back':
      return runUnderTrouble(lab, args, point, async () => {
        await cutCable(lab, machine)
        await new Promise(resolve => setTimeout(resolve, OUTAGE_MS))
        await plugCable(lab, machine)
      })
    case 'take-over':
      return takenOver(sweep, args, point)
  }
}

/** The other run resets the machines and makes the cluster again; the first must change nothing of that when it wakes. */
async function takenOver(sweep: Sweep, args: readonly string[], point: Point): Promise<Troubled> {
  const {lab, apply, reset} = sweep
  const seen: ReadonlyMap<string, Snapshot>[] = []
  const {answer: stopped, at} = await takeOver(lab, args, point, {
    meanwhile: async () => {
      await lab.kadmDone([...reset, '--take-lease'])
      await lab.kadmDone(apply)
    },
    look: async () => void seen.push(await snapshots(sweep)),
  })
  const [before, after] = seen
  if (before === undefined || after === undefined) return {answer: stopped, at}
  const changed = sweep.machines.flatMap(machine =>
    differences(nodeState(before.get(machine) ?? new Set()), nodeState(after.get(machine) ?? new Set())).map(
      line => `${machine}: ${line}`,
    ),
  )
  if (changed.length > 0) throw new Error(`a run that lost its lease changed something:\n${changed.join('\n')}`)
  // 0 where it was stopped when nothing was left to be done.
  if (stopped.code !== 8 && stopped.code !== 0)
    throw new Error(`it ended with ${String(stopped.code)}, not 8: ${say(stopped)}`)
  return {answer: stopped, at}
}

/** Applies until it is done, and once more, which must change nothing; then compares with a cluster that nobody disturbed. */
export async function mustConverge({lab, ...sweep}: Sweep, {nodes}: Undisturbed): Promise<void> {
  await untilDone({lab, ...sweep}, sweep.apply)
  const again = await lab.kadmDone([...sweep.apply, '--json'])
  const {changes} = again.events.at(-1) ?? {}
  if (changes !== 0)
    throw new Error(
      `a second run changed ${String(changes)} things: ${JSON.stringify(again.events.filter(({type}) => type === 'changed'))}`,
    )
  const found = await snapshots({lab, ...sweep})
  refuse(
    sweep.machines.flatMap(machine =>
      differences(nodes.get(machine) ?? new Set(), nodeState(found.get(machine) ?? new Set())).map(
        line => `${machine}: ${line}`,
      ),
    ),
  )
}

/** Resets until it is done; nothing may be left, and machines that stay nodes are as before. */
export async function mustBeBare({lab, ...sweep}: Sweep, {bare}: Undisturbed): Promise<void> {
  await untilDone({lab, ...sweep}, sweep.reset)
  const found = await snapshots({lab, ...sweep})
  const leaving = sweep.leaving ?? sweep.machines
  refuse(
    sweep.machines.flatMap(machine => {
      const [before, after] = [bare.get(machine) ?? new Set<string>(), found.get(machine) ?? new Set<string>()]
      const left = leaving.includes(machine)
        ? differences(before, after, LEFT_BY_RESET)
        : differences(nodeState(before), nodeState(after))
      return left.map(line => `${machine}: ${line}`)
    }),
  )
}

const refuse = (lines: readonly string[]): void => {
  if (lines.length > 0) throw new Error(`not as it should be:\n${lines.join('\n')}`)
}

async function untilDone({lab}: Sweep, args: readonly string[]): Promise<void> {
  let last: KadmAnswer | undefined
  for (let run = 0; run < RERUNS; run++) {
    last = await lab.kadm([...args, '--json'])
    if (last.code === 0) return
    // A holder that was killed elsewhere is replaced 45 s after its last sign of life; anything else must not need a second rerun.
    if (last.code !== 8) break
    await new Promise(resolve => setTimeout(resolve, 10_000))
  }
  throw new Error(`a rerun did not converge: ${last === undefined ? '' : say(last)}`)
}

const say = ({code, events, stderr}: KadmAnswer): string =>
  `exit ${String(code)}: ${JSON.stringify(errorsIn(events))} ${stderr.slice(-2000)}`
