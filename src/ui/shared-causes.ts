import type {Certainty, Diagnosis} from '../diagnose/diagnosis.ts'
import type {Colours} from './terminal.ts'

/** A cause, and the machines that have it. */
export interface Told {
  readonly hosts: readonly string[]
  readonly diagnosis: Diagnosis
}

/** The causes on all machines, in their order; a cause that many machines share is listed once. */
export function sharedCauses(
  machines: readonly {readonly host: string; readonly diagnoses: readonly Diagnosis[]}[],
): readonly Told[] {
  const all = machines.flatMap(({host, diagnoses}) => diagnoses.map(diagnosis => ({host, diagnosis})))
  const groups = Map.groupBy(all, ({diagnosis: {name, cause, fix}}) => `${name}\n${cause}\n${fix}`)
  return [...groups.values()].flatMap(group =>
    group[0] === undefined ? [] : [{hosts: group.map(({host}) => host), diagnosis: group[0].diagnosis}],
  )
}

/** The colour for the certainty of a diagnosis. */
export const paintOf = (certainty: Certainty, colours: Colours): ((text: string) => string) =>
  ({certain: colours.red, likely: colours.yellow, possible: colours.cyan})[certainty]
