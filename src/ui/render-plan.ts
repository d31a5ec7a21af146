import type {PlannedChange} from '../engine/schedule/differences.ts'
import type {Colours} from './terminal.ts'
import {changesText, plural} from './words.ts'

/** The planned changes by host and phase, with the reason once for each phase and the diff below each change. */
export function renderPlan(changes: readonly PlannedChange[], colours: Colours): string {
  if (changes.length === 0) return changesText(0)
  const hosts = [...new Set(changes.map(({host}) => host))]
  const summary = `${changesText(changes.length)} on ${plural(hosts.length, 'host')}`
  return [
    ...hosts.map(host =>
      renderHost(
        host,
        changes.filter(change => change.host === host),
        colours,
      ),
    ),
    summary,
  ].join('\n\n')
}

function renderHost(host: string, changes: readonly PlannedChange[], colours: Colours): string {
  const phases = [...new Set(changes.map(({phase}) => phase))]
  const lines = phases.flatMap(phase => [
    `  ${colours.cyan(phase)}`,
    ...changes.filter(change => change.phase === phase).flatMap(change => renderChange(change, colours)),
  ])
  return [colours.bold(host), ...lines].join('\n')
}

const renderChange = ({resource, diff, why, detail}: PlannedChange, colours: Colours): readonly string[] => [
  `    ${colours.yellow('~')} ${resource}: ${diff}`,
  `      ${colours.dim(`because ${why}`)}`,
  ...(detail === undefined
    ? []
    : detail
        .trimEnd()
        .split('\n')
        .map(line => `      ${colouredDiff(line, colours)}`)),
]

const colouredDiff = (line: string, colours: Colours): string => {
  if (line.startsWith('+')) return colours.green(line)
  return line.startsWith('-') ? colours.red(line) : line
}
