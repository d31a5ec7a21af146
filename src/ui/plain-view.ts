import type {EngineEvent} from '../domain/events.ts'
import {timeTaken} from '../domain/duration.ts'
import type {Colours} from './terminal.ts'
import type {View} from './view.ts'
import {doneText, firstLine} from './words.ts'

export interface PlainOptions {
  /** Takes progress and warnings. */
  readonly write: (text: string) => void
  /** Takes the last line, which is the result of the run. */
  readonly result: (text: string) => void
  readonly colours: Colours
  /** Also what started, what was skipped, what needed no change, and each single change. */
  readonly verbose: boolean
}

/** How often progress within one phase is logged. */
const PROGRESS_MS = 5000

/** One line for each event, host first; for logs and for terminals that cannot redraw. */
export function plainView({write, result, colours, verbose}: PlainOptions): View {
  const told = new Map<string, {readonly at: number; readonly line: string}>()
  const isTooSoon = (event: EngineEvent, line: string): boolean => {
    if (event.type !== 'phase-progress') return false
    const key = `${event.host} ${event.phase}`
    const last = told.get(key)
    if (last !== undefined && (last.line === line || event.at - last.at < PROGRESS_MS)) return true
    told.set(key, {at: event.at, line})
    return false
  }
  return {
    emit: event => {
      const line = plainLine(event, colours, verbose)
      if (line === undefined || isTooSoon(event, line)) return
      const take = event.type === 'run-done' ? result : write
      take(`${line}\n`)
    },
    end: () => Promise.resolve(),
  }
}

/** The line for one event; undefined for events that this view omits. */
export function plainLine(event: EngineEvent, colours: Colours, verbose: boolean): string | undefined {
  switch (event.type) {
    case 'run-started':
      return `${event.command}: ${event.hosts.join(', ')}`
    case 'phase-started':
      return verbose ? `${event.host}: ${event.phase}: started` : undefined
    case 'phase-progress':
      return `${event.host}: ${event.phase}: ${event.message}`
    case 'changed':
      return verbose ? `${event.host}: ${event.phase}: ${event.resource}: ${event.what}` : undefined
    case 'phase-skipped':
      return verbose ? `${event.host}: ${event.phase}: skipped, ${event.reason}` : undefined
    case 'phase-done':
      if (event.changes === 0 && !verbose) return undefined
      return `${event.host}: ${event.phase}: ${doneText(event.changes, event.durationMs)}`
    case 'phase-failed':
      return `${event.host}: ${event.phase}: ${colours.red('failed')} after ${timeTaken(event.durationMs)}: ${firstLine(event.error, event.host)}`
    case 'warning':
      return `${event.host}: ${colours.yellow('warning')}: ${event.message}`
    case 'run-done':
      return event.changes === undefined
        ? doneText(undefined, event.durationMs)
        : `done: ${doneText(event.changes, event.durationMs)}`
  }
}
