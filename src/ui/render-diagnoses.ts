import type {Diagnosis} from '../diagnose/diagnosis.ts'
import {paintOf, sharedCauses, type Told} from './shared-causes.ts'
import type {Colours} from './terminal.ts'
import {firstLine, plural, someOf} from './words.ts'

/** The result of the diagnosis of one host. */
export interface Examined {
  readonly host: string
  readonly diagnoses: readonly Diagnosis[]
  /** Whether the host has the control plane role; its problems are listed first. */
  readonly isControlPlane?: boolean
  /** Why the host could not be inspected; then there are no diagnoses. */
  readonly unreachable?: string
}

/** The cluster as its API shows it. */
export interface ClusterExamined {
  /** The control plane through which the API was read. */
  readonly through?: string
  readonly nodes?: number | undefined
  readonly diagnoses: readonly Diagnosis[]
  /** What could not be read, and why. */
  readonly unread: readonly string[]
  /** Whether the problems of the machines above already explain it. */
  readonly isToldAbove?: boolean
  /** Why the API could not be read at all. */
  readonly notAsked?: string
}

/**
 * What is wrong, on which machines, what proves it and what to do; a cause that many machines share is listed once, and
 * causes on a control plane come first. The causes in the cluster follow. Healthy parts get one line.
 */
export function renderDiagnoses(examined: readonly Examined[], cluster: ClusterExamined, colours: Colours): string {
  const ordered = [
    ...examined.filter(({isControlPlane}) => isControlPlane === true),
    ...examined.filter(({isControlPlane}) => isControlPlane !== true),
  ]
  return [
    ...sharedCauses(ordered).flatMap(told => lines(told, colours)),
    ...withoutCause(examined, cluster, colours),
    ...clusterLines(cluster, colours),
  ].join('\n')
}

/** More healthy machines than this share one line. */
const MOST_LINES = 3

function withoutCause(examined: readonly Examined[], {notAsked}: ClusterExamined, colours: Colours): readonly string[] {
  const missed = examined.flatMap(({host, unreachable}) =>
    unreachable === undefined ? [] : [`${colours.red('not examined')}: ${host}: ${firstLine(unreachable, host)}`],
  )
  const well = examined.filter(({diagnoses, unreachable}) => unreachable === undefined && diagnoses.length === 0)
  const hosts = well.map(({host}) => host)
  const also = notAsked === undefined ? '' : colours.dim(' (the cluster itself was not checked; run: kadm status)')
  if (hosts.length > MOST_LINES) return [`${someOf(hosts)}: no known cause in their logs and files${also}`, ...missed]
  return [...hosts.map(host => `${host}: no known cause in its logs and files${also}`), ...missed]
}

function clusterLines(
  {through, nodes, diagnoses, unread, isToldAbove, notAsked}: ClusterExamined,
  colours: Colours,
): readonly string[] {
  const told = diagnoses.flatMap(diagnosis => lines({hosts: ['cluster'], diagnosis}, colours))
  const missing = unread.map(what => `${colours.yellow('not read')}: cluster: ${what}`)
  if (notAsked !== undefined) return [...told, `${colours.yellow('not asked')}: cluster: ${notAsked}`]
  if (told.length + missing.length > 0) return [...told, ...missing]
  if (isToldAbove === true) return [`cluster: ${plural(nodes ?? 0, 'node')}; see the problems above`]
  return [
    `cluster: ${plural(nodes ?? 0, 'node')}; everything expected is present and works ${colours.dim(`(read through ${through ?? ''}; test it with: kadm verify)`)}`,
  ]
}

function lines({hosts, diagnosis}: Told, colours: Colours): readonly string[] {
  const {name, cause, certainty, proof, fix} = diagnosis
  return [
    `${paintOf(certainty, colours)(certainty)}: ${someOf(hosts)}: ${name}: ${cause}`,
    ...proof.map(line => `  ${colours.dim(`| ${line}`)}`),
    `${colours.cyan('  next: ')}${fix}`,
  ]
}
