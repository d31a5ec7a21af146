import type {EngineEvent, Sink} from '../domain/events.ts'

/** What a run did on one host. */
export interface HostReport {
  readonly host: string
  /** `stopped` for a host whose last phase has neither ended nor failed. */
  readonly status: 'changed' | 'unchanged' | 'failed' | 'stopped'
  readonly changes: number
  readonly failed: readonly {readonly phase: string; readonly error: string}[]
  readonly skipped: readonly {readonly phase: string; readonly reason: string}[]
  /** From the start of the run to the last event of the host. */
  readonly durationMs: number
}

/** What a run did. */
export interface RunReport {
  readonly changes: number
  readonly durationMs: number
  readonly hosts: readonly HostReport[]
}

export interface RunRecorder {
  readonly record: Sink
  readonly report: () => RunReport
}

/** Collects the events of a run for its result document, which must also exist for a run that failed. */
export function recordRun(now: () => number): RunRecorder {
  const started = now()
  const events: EngineEvent[] = []
  return {
    record: event => void events.push(event),
    report: () => {
      const announced = events.flatMap(event => (event.type === 'run-started' ? event.hosts : []))
      const ofHosts = Map.groupBy(events.filter(isOfHost), ({host}) => host)
      const acted = [...ofHosts].flatMap(([host, own]) => (own.some(({type}) => type !== 'warning') ? [host] : []))
      const hosts = [...new Set([...announced, ...acted])].map(host =>
        hostReport(host, ofHosts.get(host) ?? [], started),
      )
      return {changes: sum(hosts.map(({changes}) => changes)), durationMs: now() - started, hosts}
    },
  }
}

type HostEvent = Extract<EngineEvent, {readonly host: string}>

const isOfHost = (event: EngineEvent): event is HostEvent => 'host' in event

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

function hostReport(host: string, own: readonly HostEvent[], started: number): HostReport {
  const failed = own.flatMap(event => (event.type === 'phase-failed' ? [{phase: event.phase, error: event.error}] : []))
  const skipped = own.flatMap(event =>
    event.type === 'phase-skipped' ? [{phase: event.phase, reason: event.reason}] : [],
  )
  const changes = sum(own.map(event => (event.type === 'phase-done' ? (event.changes ?? 0) : 0)))
  const ended = new Set(own.flatMap(event => (event.type === 'phase-done' ? [event.phase] : [])))
  const isOpen = own.some(event => event.type === 'phase-started' && !ended.has(event.phase))
  const status = failed.length > 0 ? 'failed' : isOpen ? 'stopped' : changes > 0 ? 'changed' : 'unchanged'
  return {host, status, changes, failed, skipped, durationMs: Math.max(0, ...own.map(({at}) => at - started))}
}
