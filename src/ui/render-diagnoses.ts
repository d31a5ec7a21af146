import type {Diagnosis} from '../diagnose/diagnosis.ts'
import {paintOf} from './render-status.ts'
import type {Colours} from './terminal.ts'
import {firstLine, plural} from './words.ts'

/** One host as the doctor saw it. */
export interface Examined {
  readonly host: string
  readonly diagnoses: readonly Diagnosis[]
  /** Whether the host is to run the control plane: its problems come first. */
  readonly isControlPlane?: boolean
  /** Why it could not be looked at; there are no diagnoses then. */
  readonly unreachable?: string
}

/** The cluster as its API shows it. */
export interface ClusterExamined {
  /** The control plane through which it was asked. */
  readonly through?: string
  readonly nodes?: number | undefined
  readonly diagnoses: readonly Diagnosis[]
  /** What could not be read, and why. */
  readonly unread: readonly string[]
  /** Whether something is wrong with it that the machines tell of. */
  readonly isToldAbove?: boolean
  /** Why it could not be asked at all. */
  readonly notAsked?: string
}

interface Told {
  readonly hosts: readonly string[]
  readonly diagnosis: Diagnosis
}

/**
 * What is wrong, on which machines, what proves it and what to do; a cause that many machines share stands once, and those of a control plane
 * come first. Then the same of the cluster. What is well gets one line.
 */
export function renderDiagnoses(examined: readonly Examined[], cluster: ClusterExamined, colours: Colours): string {
  const ordered = [
    ...examined.filter(({isControlPlane}) => isControlPlane === true),
    ...examined.filter(({isControlPlane}) => isControlPlane !== true),
  ]
  const found = [...Map.groupBy(ordered.flatMap(pairs), ({key}) => key).values()].flatMap(group =>
    group[0] === undefined ? [] : [{hosts: group.map(({host}) => host), diagnosis: group[0].diagnosis}],
  )
  return [
    ...found.flatMap(told => lines(told, colours)),
    ...examined.flatMap(one => withoutCause(one, cluster, colours)),
    ...clusterLines(cluster, colours),
  ].join('\n')
}

const pairs = ({host, diagnoses}: Examined) =>
  diagnoses.map(diagnosis => ({host, diagnosis, key: `${diagnosis.name}\n${diagnosis.cause}\n${diagnosis.fix}`}))

function withoutCause(
  {host, diagnoses, unreachable}: Examined,
  {notAsked}: ClusterExamined,
  colours: Colours,
): readonly string[] {
  if (unreachable !== undefined) return [`${colours.red('not examined')}: ${host}: ${firstLine(unreachable, host)}`]
  if (diagnoses.length > 0) return []
  const also = notAsked === undefined ? '' : ' (the cluster itself was not asked: kadm status, kadm verify)'
  return [`${host}: its logs and files show no known cause${colours.dim(also)}`]
}

function clusterLines(
  {through, nodes, diagnoses, unread, isToldAbove, notAsked}: ClusterExamined,
  colours: Colours,
): readonly string[] {
  const told = diagnoses.flatMap(diagnosis => lines({hosts: ['cluster'], diagnosis}, colours))
  const missing = unread.map(what => `${colours.yellow('not read')}: cluster: ${what}`)
  if (notAsked !== undefined) return [...told, `${colours.yellow('not asked')}: cluster: ${notAsked}`]
  if (told.length + missing.length > 0) return [...told, ...missing]
  if (isToldAbove === true) return [`cluster: ${plural(nodes ?? 0, 'node')}; what is wrong there is told above`]
  return [
    `cluster: ${plural(nodes ?? 0, 'node')}; what should be there is there and works ${colours.dim(`(asked through ${through ?? ''}; kadm verify tries it)`)}`,
  ]
}

const MOST_NAMED = 5

const named = (hosts: readonly string[]): string =>
  hosts.length <= MOST_NAMED
    ? hosts.join(', ')
    : `${hosts.slice(0, MOST_NAMED).join(', ')} and ${String(hosts.length - MOST_NAMED)} more`

function lines({hosts, diagnosis}: Told, colours: Colours): readonly string[] {
  const {name, cause, certainty, proof, fix} = diagnosis
  return [
    `${paintOf(certainty, colours)(certainty)}: ${named(hosts)}: ${name}: ${cause}`,
    ...proof.map(line => `  ${colours.dim(`| ${line}`)}`),
    `${colours.cyan('  next: ')}${fix}`,
  ]
}
