import type {EngineEvent} from '../domain/events.ts'
import {timeTaken} from '../domain/duration.ts'
import type {Colours} from './terminal.ts'
import {changesText, firstLine, plural} from './words.ts'

/** What one host's line shows. */
export interface Lane {
  readonly host: string
  readonly state: 'running' | 'between' | 'failed' | 'done' | 'stopped'
  readonly title: string | undefined
  readonly progress: string | undefined
  /** When the current phase started, or when the last one ended. */
  readonly since: number
  readonly startedAt: number
  readonly phases: number
  /** Undefined until a phase reports changes. */
  readonly changes: number | undefined
  readonly error: string | undefined
}

/** What the task list shows: one line for each host, in the order of the run. */
export interface Lanes {
  readonly command: string
  readonly startedAt: number
  readonly lanes: readonly Lane[]
}

const newLane = (host: string, at: number): Lane => ({
  host,
  state: 'between',
  title: undefined,
  progress: undefined,
  since: at,
  startedAt: at,
  phases: 0,
  changes: undefined,
  error: undefined,
})

/** Between two phases a lane waits for another host only when the gap is longer than the engine's own work. */
const IDLE_MS = 400

export const noLanes: Lanes = {command: '', startedAt: 0, lanes: []}

/** The next picture after an event; pure. */
export function nextLanes(lanes: Lanes, event: EngineEvent): Lanes {
  switch (event.type) {
    case 'run-started':
      return {command: event.command, startedAt: event.at, lanes: event.hosts.map(host => newLane(host, event.at))}
    case 'run-done':
      return ended(lanes, 'done', event.at)
    case 'warning':
      return lanes
    case 'phase-started':
    case 'phase-progress':
    case 'changed':
    case 'phase-skipped':
    case 'phase-done':
    case 'phase-failed':
      return onLane(lanes, event.host, event.at, lane => nextLane(lane, event))
  }
}

function onLane(lanes: Lanes, host: string, at: number, change: (lane: Lane) => Lane): Lanes {
  if (lanes.lanes.some(lane => lane.host === host)) {
    return {...lanes, lanes: lanes.lanes.map(lane => (lane.host === host ? change(lane) : lane))}
  }
  return {...lanes, lanes: [...lanes.lanes, change(newLane(host, at))]}
}

type HostEvent = Exclude<EngineEvent, {readonly type: 'run-started' | 'run-done' | 'warning'}>

function nextLane(lane: Lane, event: HostEvent): Lane {
  switch (event.type) {
    case 'phase-started':
      return {...lane, state: 'running', title: event.title, progress: undefined, since: event.at}
    case 'phase-progress':
      return {...lane, progress: event.message}
    case 'changed':
      return lane
    case 'phase-skipped':
      return lane
    case 'phase-done':
      return {
        ...lane,
        state: 'between',
        progress: undefined,
        since: event.at,
        phases: lane.phases + 1,
        changes: event.changes === undefined ? lane.changes : (lane.changes ?? 0) + event.changes,
      }
    case 'phase-failed':
      return {...lane, state: 'failed', title: event.title, since: event.at, error: firstLine(event.error, event.host)}
  }
}

/** The final state of the lanes: lanes without a done event are stopped. */
export const ended = (lanes: Lanes, state: 'done' | 'stopped', at: number): Lanes => ({
  ...lanes,
  lanes: lanes.lanes.map(lane =>
    lane.state === 'running' || lane.state === 'between' ? {...lane, state, since: at} : lane,
  ),
})

/** One line for one host: its current phase, the elapsed time, what it waits for, and finally its result. */
export function laneText(lane: Lane, width: number, now: number, colours: Colours): string {
  const name = colours.bold(lane.host.padEnd(width))
  const counts = plural(lane.phases, 'phase') + (lane.changes === undefined ? '' : `, ${changesText(lane.changes)}`)
  const elapsed = (until: number, since: number): string => colours.dim(timeTaken(until - since))
  switch (lane.state) {
    case 'done':
      return `${name}  ${counts} ${elapsed(lane.since, lane.startedAt)}`
    case 'stopped':
      return `${name}  ${lane.phases === 0 ? 'not started' : `${colours.yellow('stopped')} after ${counts}`}`
    case 'failed':
      return `${name}  ${colours.red('failed')}: ${lane.title ?? ''}: ${lane.error ?? ''}`
    case 'between':
      return `${name}  ${now - lane.since < IDLE_MS ? (lane.title ?? '') : waiting(lane)} ${elapsed(now, lane.since)}`
    case 'running':
      return `${name}  ${lane.title ?? ''} ${elapsed(now, lane.since)}${lane.progress === undefined ? '' : colours.dim(`, ${lane.progress}`)}`
  }
}

const waiting = (lane: Lane): string => (lane.phases === 0 ? 'waiting to start' : 'waiting for other hosts')
