import {describe, expect, test} from 'vitest'
import type {EngineEvent} from '../../src/domain/events.ts'
import {recordRun, type RunReport} from '../../src/ui/run-report.ts'
import {FAILED_RUN, GOOD_RUN, START} from './events.ts'

function reportOf(events: readonly EngineEvent[]): RunReport {
  const times = [START, START + 90_000]
  const run = recordRun(() => times.shift() ?? START)
  events.forEach(run.record)
  return run.report()
}

describe('the report of a run', () => {
  test('says what changed and what was skipped on each host, and how long each took', () => {
    const {hosts, changes, durationMs} = reportOf(GOOD_RUN)

    expect(hosts[0]).toEqual({
      host: 'master',
      status: 'changed',
      changes: 5,
      failed: [],
      skipped: [{phase: 'prepare/network', reason: 'no network is asked for'}],
      durationMs: 73_000,
    })
    expect(hosts[1]).toMatchObject({host: 'worker-1', status: 'unchanged', changes: 0, failed: [], skipped: []})
    expect(changes).toBe(5)
    expect(durationMs).toBe(90_000)
  })

  test('names the phase that failed, and its error', () => {
    const failing = FAILED_RUN.find(event => event.type === 'phase-failed')
    const {hosts} = reportOf(FAILED_RUN)

    expect(hosts.filter(({status}) => status === 'failed')).toMatchObject([
      {host: failing?.host, failed: [{phase: failing?.phase, error: failing?.error}]},
    ])
  })

  test('calls a host stopped whose phase has not ended', () => {
    const {hosts} = reportOf(GOOD_RUN.filter(event => event.type !== 'phase-done'))

    expect(hosts.map(({host, status}) => [host, status])).toEqual([
      ['master', 'stopped'],
      ['worker-1', 'stopped'],
    ])
  })

  test('is empty for a run that ended before it began', () => {
    expect(reportOf([])).toEqual({changes: 0, durationMs: 90_000, hosts: []})
  })
})
