import type {Diagnosis} from '../diagnose/diagnosis.ts'
import type {Colours} from './terminal.ts'
import {firstLine} from './words.ts'

/** One host as the doctor saw it. */
export interface Examined {
  readonly host: string
  readonly diagnoses: readonly Diagnosis[]
  /** Whether the host is to run the control plane: what is wrong there is told first. */
  readonly isControlPlane?: boolean
  /** Why it could not be looked at; there are no diagnoses then. */
  readonly unreachable?: string
}

interface Told {
  readonly hosts: readonly string[]
  readonly diagnosis: Diagnosis
}

/** What is wrong, on which machines, what proves it and what to do; one cause of many machines is told once, and those of a control plane come first. */
export function renderDiagnoses(examined: readonly Examined[], colours: Colours): string {
  const ordered = [
    ...examined.filter(({isControlPlane}) => isControlPlane === true),
    ...examined.filter(({isControlPlane}) => isControlPlane !== true),
  ]
  const found = [...Map.groupBy(ordered.flatMap(pairs), ({key}) => key).values()].flatMap(group =>
    group[0] === undefined ? [] : [{hosts: group.map(({host}) => host), diagnosis: group[0].diagnosis}],
  )
  return [...found.flatMap(told => lines(told, colours)), ...examined.flatMap(one => withoutCause(one, colours))].join(
    '\n',
  )
}

const pairs = ({host, diagnoses}: Examined) =>
  diagnoses.map(diagnosis => ({host, diagnosis, key: `${diagnosis.name}\n${diagnosis.cause}\n${diagnosis.fix}`}))

function withoutCause({host, diagnoses, unreachable}: Examined, colours: Colours): readonly string[] {
  if (unreachable !== undefined) return [`${colours.red('not examined')}: ${host}: ${firstLine(unreachable, host)}`]
  if (diagnoses.length > 0) return []
  return [
    `${host}: its logs and files show no known cause ${colours.dim('(the cluster itself was not asked: kadm status, kadm verify)')}`,
  ]
}

const MOST_NAMED = 5

const named = (hosts: readonly string[]): string =>
  hosts.length <= MOST_NAMED
    ? hosts.join(', ')
    : `${hosts.slice(0, MOST_NAMED).join(', ')} and ${String(hosts.length - MOST_NAMED)} more`

function lines({hosts, diagnosis}: Told, colours: Colours): readonly string[] {
  const {name, cause, certainty, proof, fix} = diagnosis
  const paint = {certain: colours.red, likely: colours.yellow, possible: colours.cyan}[certainty]
  return [
    `${paint(certainty)}: ${named(hosts)}: ${name}: ${cause}`,
    ...proof.map(line => `  ${colours.dim(`| ${line}`)}`),
    `${colours.cyan('  next: ')}${fix}`,
  ]
}
