import type {Diagnosis} from '../diagnose/diagnosis.ts'
import type {Colours} from './terminal.ts'
import {firstLine} from './words.ts'

/** One host as the doctor saw it. */
export interface Examined {
  readonly host: string
  readonly diagnoses: readonly Diagnosis[]
  /** Why it could not be looked at; there are no diagnoses then. */
  readonly unreachable?: string
}

/** Host by host what is wrong, what proves it and what to do; a host that is well gets one line. */
export const renderDiagnoses = (examined: readonly Examined[], colours: Colours): string =>
  examined
    .flatMap(({host, diagnoses, unreachable}) => {
      if (unreachable !== undefined) return [`${colours.red('not examined')}: ${host}: ${firstLine(unreachable, host)}`]
      return diagnoses.length === 0
        ? [`${colours.green('ok')}: ${host}: nothing wrong found`]
        : diagnoses.flatMap(diagnosis => lines(host, diagnosis, colours))
    })
    .join('\n')

function lines(host: string, {name, cause, certainty, proof, fix}: Diagnosis, colours: Colours): readonly string[] {
  const paint = {certain: colours.red, likely: colours.yellow, possible: colours.cyan}[certainty]
  return [
    `${paint(certainty)}: ${host}: ${name}: ${cause}`,
    ...proof.map(line => `  ${colours.dim(`| ${line}`)}`),
    `${colours.cyan('  next: ')}${fix}`,
  ]
}
