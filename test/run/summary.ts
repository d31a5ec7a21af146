import type {StepDone} from './counts.ts'

const SLOWEST = 10

const time = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60).toString()}m ${(seconds % 60).toString().padStart(2, '0')}s`
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** The end of `npm test`: the slowest tests, the time of each lane and of its steps, and how much passed. */
export function summary(done: readonly StepDone[], totalMs: number): string {
  const slowest = done
    .flatMap(({tests}) => tests)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, SLOWEST)
  const lanes = [...new Set(done.map(({lane}) => lane))].flatMap(lane => {
    const steps = done.filter(step => step.lane === lane)
    return [
      `  ${time(sum(steps.map(({ms}) => ms)))}  ${lane}`,
      ...steps.map(({step, ms, passed, failed}) => {
        const failures = failed > 0 ? `, ${failed.toString()} failed` : ''
        return `    ${time(ms)}  ${step}: ${passed.toString()} passed${failures}`
      }),
    ]
  })
  return [
    `the ${slowest.length.toString()} slowest tests:`,
    ...slowest.map(({name, ms}) => `  ${time(ms)}  ${name}`),
    `the lanes of a run of ${time(totalMs)}:`,
    ...lanes,
    '',
    `${sum(done.map(({passed}) => passed)).toString()} passed, ${sum(done.map(({failed}) => failed)).toString()} failed`,
  ].join('\n')
}
