import {PassThrough} from 'node:stream'
import pc from 'picocolors'
import {describe, expect, test} from 'vitest'
import type {LabEvent} from '../../src/lab/run/progress.ts'
import type {Finding} from '../../src/phases/preflight/finding.ts'
import {barText, labLine, labView} from '../../src/ui/lab-view.ts'
import {phaseTimes} from '../../src/ui/phase-times.ts'
import {renderFindings} from '../../src/ui/render-findings.ts'
import {GOOD_RUN} from './events.ts'

const colours = pc.createColors(false)

describe('findings of preflight', () => {
  const findings: readonly Finding[] = [
    {name: 'Swap', severity: 'ok', hosts: ['master'], message: 'no swap', remedy: undefined},
    {name: 'NumCPU', severity: 'warning', hosts: ['worker-1'], message: 'one CPU', remedy: 'give it two'},
    {
      name: 'Hostname',
      severity: 'error',
      hosts: ['worker-1', 'worker-2'],
      message: 'both are named ubuntu\nand so their nodes would be one',
      remedy: 'name them in kadm.yaml',
    },
  ]

  test('are reported with errors first, each with its fix, and a count', async () => {
    await expect(`${renderFindings(findings, colours, false)}\n`).toMatchFileSnapshot('golden/findings.txt')
  })

  test('name what is well only when asked', () => {
    expect(renderFindings(findings, colours, true)).toContain('ok: master: Swap: no swap')
    expect(renderFindings(findings, colours, false)).not.toContain('no swap')
  })
})

test('the times of a run are a table of phases and hosts', async () => {
  const times = phaseTimes()
  GOOD_RUN.forEach(times.record)

  await expect(`${times.render()}\n`).toMatchFileSnapshot('golden/phase-times.txt')
})

describe('the progress of a lab', () => {
  const progress: LabEvent & {type: 'progress'} = {
    type: 'progress',
    fraction: 0.42,
    remainingSeconds: 190,
    doing: 'building kube-apiserver',
    at: 0,
  }

  test('is a bar that never is wider than the terminal', () => {
    expect(barText(progress, 100)).toBe('[##########--------------]  42%, about 3m 10s left: building kube-apiserver')
    expect(barText(progress, 40)).toHaveLength(39)
  })

  test('is a line where there is no terminal', () => {
    expect(labLine(progress, false)).toBe('lab: 42%, about 3m 10s left: building kube-apiserver')
    expect(labLine({type: 'note', message: 'hello', at: 0}, false)).toBe('lab: hello')
    expect(labLine({type: 'step-done', step: 's', title: 'x built', durationMs: 2000, at: 0}, false)).toBeUndefined()
    expect(labLine({type: 'step-done', step: 's', title: 'x built', durationMs: 2000, at: 0}, true)).toBe(
      'lab: x built: done, 2.0s',
    )
  })

  test('goes to stderr, and stdout stays free for the result', () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()] as unknown as NodeJS.WriteStream[]
    if (stdout === undefined || stderr === undefined) throw new Error('two streams')
    const view = labView({json: false, verbose: false, terminal: {stdout, stderr, stderrColours: colours}})
    view.emit({type: 'note', message: 'hello', at: 0})

    expect(String(stderr.read())).toBe('lab: hello\n')
    expect(stdout.read()).toBeNull()
  })

  test('leaves nothing on the screen but its notes', () => {
    const stream = Object.assign(new PassThrough(), {isTTY: true, columns: 80}) as unknown as NodeJS.WriteStream
    const view = labView({
      json: false,
      verbose: false,
      terminal: {stdout: stream, stderr: stream, stderrColours: colours},
    })
    view.emit(progress)
    view.emit({type: 'note', message: 'hello', at: 0})
    view.end()
    const screen = String(stream.read()).split('\r\u001b[2K').at(-1)

    expect(screen).toBe('')
  })
})
