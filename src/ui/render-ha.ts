import {timeTaken} from '../domain/duration.ts'
import type {HaOutcome, HaRound} from '../verify/ha/outages.ts'
import {table} from './columns.ts'

/** One row for each control plane that lost its power, then what the failed requests said. */
export function renderHa({way, endpoint, rounds}: HaOutcome): string {
  const reasons = rounds.flatMap(({machine, reasons: all}) => all.map(reason => `${machine} off: ${reason}`))
  return [
    `the API through ${endpoint} (${NAMES[way]}):`,
    table(
      [
        'power off',
        'etcd',
        'asked from',
        'API outage',
        'longest',
        'slowest answer',
        'failed requests',
        'back after',
        'etcd whole after',
      ],
      rounds.map(row),
    ),
    ...(reasons.length === 0 ? [] : ['failed requests:', ...reasons.map(reason => `  ${reason}`)]),
  ].join('\n')
}

const NAMES = {
  local: 'a load balancer on each node',
  vip: 'an address that moves between the control planes',
  external: 'your own load balancer',
} as const

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const row = (round: HaRound): readonly string[] => [
  round.machine,
  round.role,
  round.askedFrom,
  seconds(round.outageMs),
  seconds(round.longestMs),
  seconds(round.slowestMs),
  `${String(round.failed)} of ${String(round.requests)}`,
  timeTaken(round.times.podsMs),
  timeTaken(round.etcdMs),
]
