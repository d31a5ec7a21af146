import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {dice} from './dice.ts'
import {
  make,
  mustBeBare,
  mustConverge,
  plan,
  TROUBLES,
  undisturbed,
  type Sweep,
  type Trouble,
  type Undisturbed,
} from './sweep.ts'

/** The same seed makes the same troubles at the same events; how far a run is at an event differs from computer to computer. */
const SEED = Number(process.env['KADM_CHAOS_SEED'] ?? Math.floor(Date.now() / 1000) % 100_000)
/** Each makes trouble in one or more runs of apply, then in runs of reset. */
const CYCLES = Number(process.env['KADM_CHAOS_CYCLES'] ?? 12)
/** Only these kinds, separated by commas; a release makes all of them. */
const KINDS = TROUBLES.filter(kind => process.env['KADM_CHAOS_TROUBLES']?.split(',').includes(kind) ?? true)
const MACHINES = ['master', 'worker']

interface Tally {
  points: number
  converged: number
}

describe(`a sweep with seed ${String(SEED)}`, () => {
  const chance = dice(SEED)
  const tallies = new Map<string, Tally>()
  let lab: TestLab | undefined
  let sweep: Sweep
  let calm: Undisturbed

  beforeAll(async () => {
    const machines = (lab = await testLab('chaos', MACHINES))
    const {stdout} = await machines.kadmDone(
      ['config', 'print', ...MACHINES.map(machines.target), '--bundle', machines.bundleDir],
      {
        bare: true,
      },
    )
    const file = join(machines.home, 'kadm.yaml')
    await writeFile(file, stdout)
    sweep = {lab: machines, machines: MACHINES, apply: ['apply', '-f', file], reset: ['reset', '-f', file, '--yes']}
    calm = await measured('an undisturbed cluster, there and back', () => undisturbed(sweep))
  })
  afterAll(async () => {
    console.log(`\nseed ${String(SEED)}, KADM_CHAOS_SEED=${String(SEED)} repeats it`)
    for (const [what, {points, converged}] of tallies)
      console.log(`${what}: ${String(points)} points, ${String(converged)} converged`)
    await lab?.down()
  })

  const tally = (what: string): Tally => {
    const known = tallies.get(what) ?? {points: 0, converged: 0}
    tallies.set(what, known)
    return known
  }

  /** Trouble at one to three points of a command, then what must be true after a rerun. */
  const trouble = async (
    command: 'apply' | 'reset',
    kind: Trouble,
    events: number,
    after: () => Promise<void>,
  ): Promise<void> => {
    const times = kind === 'take-over' ? 1 : 1 + chance.below(3)
    const count = tally(`${command}, ${kind}`)
    const before = count.points
    for (let i = 0; i < times; i++) {
      const {answer, at} = await make(sweep, sweep[command], plan(kind, events, MACHINES, chance))
      console.log(
        `  ${command}, ${kind} at ${at ?? 'no point, it ended before'}: exit ${String(answer.code)}, ${(answer.ms / 1000).toFixed(1)} s`,
      )
      if (at !== undefined) count.points++
      expect(answer.code, `${answer.stdout.slice(-3000)}\n${answer.stderr.slice(-2000)}`).not.toBe(70)
    }
    await measured(`${command}, ${kind}: rerun`, after)
    count.converged += count.points - before
  }

  const kinds: readonly Trouble[] = Array.from({length: CYCLES}, (_, i) => KINDS[i % KINDS.length] ?? 'kill')

  it.each(kinds.map((kind, i) => [i, kind] as const))('cycle %i: converges after %s', async (_, kind) => {
    await trouble('apply', kind, calm.applyEvents, () => mustConverge(sweep, calm))
    await trouble('reset', kind === 'take-over' ? 'kill' : kind, calm.resetEvents, () => mustBeBare(sweep, calm))
  })
})
