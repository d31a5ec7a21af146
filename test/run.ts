/**
 * What `npm test` runs: types, lint, format, layers, dead code and shell programs; then unit and contract tests; then the
 * end-to-end tests, those on containers and those on VMs side by side. Everything runs, whatever failed before. The run ends with
 * the ten slowest tests and the time of each lane; the last line says how much passed: `N passed, N failed`.
 */
import type {Counts, StepDone} from './run/counts.ts'
import {printedAtItsEnd, script, suite} from './run/steps.ts'
import {summary} from './run/summary.ts'
import {installPrerequisites} from './prerequisites.ts'

const CHECKS = ['check:types', 'check:lint', 'check:format', 'check:layers', 'check:dead', 'check:shell']
/** The file descriptor of what is seen as it goes on. */
const STDOUT = 1

type Step = readonly [name: string, run: () => Promise<Counts>]

const quiet = (project: string): Step => [
  project,
  () => printedAtItsEnd(`${project} tests`, output => suite(project, output)),
]
const shown = (project: string): Step => [
  project,
  () => {
    console.log(`\n== ${project} tests`)
    return suite(project, STDOUT)
  },
]
const checks: Step = [
  'checks',
  async () => {
    const all = await Promise.all(CHECKS.map(name => printedAtItsEnd(name, output => script(name, output))))
    return {
      passed: all.reduce((sum, {passed}) => sum + passed, 0),
      failed: all.reduce((sum, {failed}) => sum + failed, 0),
      tests: [],
    }
  },
]

/** One stage after the other, the lanes of a stage side by side: a lab of containers waits often enough to leave an emulated VM its time. */
const STAGES: readonly Readonly<Record<string, readonly Step[]>>[] = [
  {quick: [checks]},
  {quick: [shown('unit')], contract: [quiet('contract')]},
  {containers: [shown('e2e')], VMs: [quiet('vm')]},
]

async function inTurn(lane: string, steps: readonly Step[]): Promise<readonly StepDone[]> {
  const done: StepDone[] = []
  for (const [step, run] of steps) {
    const started = performance.now()
    const counts = await run()
    done.push({...counts, lane, step, ms: performance.now() - started})
  }
  return done
}

installPrerequisites()
const started = performance.now()
const done: StepDone[] = []
for (const lanes of STAGES)
  done.push(...(await Promise.all(Object.entries(lanes).map(([lane, steps]) => inTurn(lane, steps)))).flat())
console.log(`\n${summary(done, performance.now() - started)}`)
process.exitCode = done.some(({failed}) => failed > 0) ? 1 : 0
