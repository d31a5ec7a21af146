import type {CheckResult} from '../verify/outcome.ts'
import type {RebootOutcome, Returned, RebootRound} from '../verify/reboot/rolling-reboot.ts'
import {table} from './columns.ts'
import {timeTaken} from '../domain/duration.ts'
import type {Colours} from './terminal.ts'

/** The checks of each round, then one row with times for each node of each round. */
export function renderReboot({rounds, untouched}: RebootOutcome, colours: Colours): string {
  const rows = rounds.flatMap(round => round.nodes.map(returned => row(round, returned, colours)))
  const checks = rounds.flatMap(round => [
    ...round.nodes.flatMap(({node, checks: all}) => all.map(check => line(placeOf(round, node), check, colours))),
    ...round.checks.map(check => line(placeOf(round, 'cluster'), check, colours)),
  ])
  return [
    ...checks,
    '',
    table(['reboot', 'node', 'ssh after', 'Ready after', 'all pods after', 'as before'], rows),
    ...untouched.map(node => colours.yellow(`${node} was not rebooted: you did not name its machine`)),
  ].join('\n')
}

const placeOf = (round: RebootRound, of: string): string => (round.name === of ? of : `${round.name}, ${of}`)

const row = (round: RebootRound, {node, times, checks}: Returned, {green, red}: Colours): readonly string[] => [
  round.name === node ? 'alone' : round.name,
  node,
  timeTaken(times.sshMs),
  timeTaken(times.readyMs),
  timeTaken(times.podsMs),
  [...checks, ...round.checks].every(({ok}) => ok) ? green('yes') : red('no'),
]

function line(place: string, {name, ok, skipped, detail}: CheckResult, {green, red, yellow, dim}: Colours): string {
  const mark = ok ? (skipped === undefined ? green('ok') : yellow('skipped')) : red('failed')
  const [first = '', ...rest] = detail.split('\n')
  return [`${mark}  ${place}: ${name} ${dim(skipped ?? first)}`, ...(ok ? [] : rest.map(more => `    ${more}`))].join(
    '\n',
  )
}
