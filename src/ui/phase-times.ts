import type {EngineEvent, Sink} from '../domain/events.ts'
import {table} from './columns.ts'
import {timeTaken} from '../domain/duration.ts'

export interface PhaseTimes {
  readonly record: Sink
  /** One row for each phase and one column for each host; very short phases are omitted. */
  readonly render: () => string
}

const WORTH_TELLING_MS = 100

/** Collects how long each phase took on each host. */
export function phaseTimes(): PhaseTimes {
  let announced: readonly string[] = []
  const done: Extract<EngineEvent, {readonly type: 'phase-done'}>[] = []
  return {
    record: event => {
      if (event.type === 'run-started') announced = event.hosts
      if (event.type === 'phase-done') done.push(event)
    },
    render: () => {
      const hosts = [...new Set([...announced, ...done.map(({host}) => host)])]
      const phases = [...new Set(done.filter(({durationMs}) => durationMs >= WORTH_TELLING_MS).map(({phase}) => phase))]
      const time = (phase: string, host: string): string => {
        const found = done.find(event => event.phase === phase && event.host === host)
        return found === undefined ? '' : timeTaken(found.durationMs)
      }
      return table(
        ['phase', ...hosts],
        phases.map(phase => [phase, ...hosts.map(host => time(phase, host))]),
      )
    },
  }
}
