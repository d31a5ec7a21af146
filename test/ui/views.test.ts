import {PassThrough} from 'node:stream'
import pc from 'picocolors'
import {describe, expect, test} from 'vitest'
import type {EngineEvent} from '../../src/domain/events.ts'
import {chooseView} from '../../src/ui/choose-view.ts'
import {ended, laneText, nextLanes, noLanes} from '../../src/ui/lanes.ts'
import {jsonView} from '../../src/ui/json-view.ts'
import {plainView} from '../../src/ui/plain-view.ts'
import {terminal} from '../../src/ui/terminal.ts'
import {FAILED_RUN, GOOD_RUN, START} from './events.ts'

const colours = pc.createColors(false)

function collect(): {readonly write: (text: string) => void; readonly text: () => string} {
  let all = ''
  return {write: text => void (all += text), text: () => all}
}

describe('the plain view', () => {
  test.each([
    ['plain-good', GOOD_RUN, false],
    ['plain-verbose', GOOD_RUN, true],
    ['plain-failed', FAILED_RUN, false],
  ] as const)('writes one line an event, host first: %s', async (name, events, verbose) => {
    const out = collect()
    const view = plainView({write: out.write, result: out.write, colours, verbose})
    events.forEach(view.emit)
    await view.end()

    await expect(out.text()).toMatchFileSnapshot(`golden/${name}.txt`)
  })
})

test('the plain view keeps progress apart from the result', async () => {
  const [progress, result] = [collect(), collect()]
  const view = plainView({write: progress.write, result: result.write, colours, verbose: true})
  GOOD_RUN.forEach(view.emit)
  await view.end()

  expect(result.text()).toMatch(/^done: [^\n]*\n$/)
  expect(progress.text()).not.toContain(result.text())
})

test('the plain view tells progress within a phase only now and then, and what is new always', () => {
  const out = collect()
  const view = plainView({write: out.write, result: out.write, colours, verbose: false})
  const progress = (seconds: number, phase: string): EngineEvent => ({
    type: 'phase-progress',
    host: 'master',
    phase,
    message: `${String(seconds)} MB`,
    at: START + seconds * 1000,
  })
  ;[progress(0, 'a'), progress(2, 'a'), progress(3, 'b'), progress(6, 'a')].forEach(view.emit)

  expect(out.text()).toBe('master: a: 0 MB\nmaster: b: 3 MB\nmaster: a: 6 MB\n')
})

test('the JSON view writes each event as one line that can be read back', async () => {
  const out = collect()
  const view = jsonView(out.write)
  GOOD_RUN.forEach(view.emit)
  await view.end()

  expect(
    out
      .text()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as unknown),
  ).toEqual(GOOD_RUN)
})

describe('the lanes of the task list', () => {
  const picture = (events: readonly EngineEvent[], seconds: number): string => {
    const now = START + seconds * 1000
    const lanes = events.filter(event => event.at <= now).reduce(nextLanes, noLanes)
    return lanes.lanes.map(lane => laneText(lane, 8, now, colours)).join('\n')
  }

  test('show a line a host with its phase, its time and what it waits for, as time passes', async () => {
    const pictures = [0.2, 1.6, 2.5, 30, 73].map(seconds => `after ${String(seconds)} s\n${picture(GOOD_RUN, seconds)}`)

    await expect(`${pictures.join('\n\n')}\n`).toMatchFileSnapshot('golden/lanes-good.txt')
  })

  test('say what failed and what was stopped by it', async () => {
    const lanes = ended(FAILED_RUN.reduce(nextLanes, noLanes), 'stopped', START + 74_000)
    const text = lanes.lanes.map(lane => laneText(lane, 8, START + 74_000, colours)).join('\n')

    await expect(`${text}\n`).toMatchFileSnapshot('golden/lanes-failed.txt')
  })

  test('take in a host that the run did not announce', () => {
    const [first] = nextLanes(noLanes, {
      type: 'phase-started',
      host: 'late',
      phase: 'p',
      title: 'doing it',
      at: START,
    }).lanes

    expect(first).toMatchObject({host: 'late', state: 'running', title: 'doing it'})
  })
})

describe('choosing a view', () => {
  const screen = (
    isTTY: boolean,
    columns: number,
  ): {readonly stream: NodeJS.WriteStream; readonly text: () => string} => {
    const stream = Object.assign(new PassThrough(), {isTTY, columns, rows: 30}) as unknown as NodeJS.WriteStream
    let all = ''
    stream.on('data', (data: Buffer) => (all += data.toString()))
    return {stream, text: () => all}
  }
  const run = async (options: {
    isTTY: boolean
    columns?: number
    json?: boolean
    events?: readonly EngineEvent[]
  }): Promise<string> => {
    const {stream, text} = screen(options.isTTY, options.columns ?? 100)
    const place = terminal({stdin: {isTTY: true}, stdout: stream, stderr: stream, env: {NO_COLOR: '1'}}, {color: true})
    const view = await chooseView({
      json: options.json ?? false,
      verbose: false,
      terminal: place,
      now: () => START + 74_000,
    })
    ;(options.events ?? GOOD_RUN).forEach(view.emit)
    await view.end()
    return text()
  }

  test('JSON wins, even on a terminal', async () => {
    expect(await run({isTTY: true, json: true})).toMatch(/^\{"type":"run-started"/)
  })

  test('a terminal gets the task list, which ends with the whole outcome', async () => {
    const text = await run({isTTY: true})

    expect(text).toMatch(/✔ master {4}2 phases, 5 changes/)
    expect(text).toMatch(/✔ worker-1 {2}1 phase, nothing to change/)
    expect(text.trimEnd()).toMatch(/worker-1: warning: the clock is 3 s off$/)
  })

  const onlyLooked = GOOD_RUN.map(event =>
    event.type === 'phase-done' || event.type === 'run-done' ? {...event, changes: undefined} : event,
  )

  test.each([
    ['the task list', true, /✔ master {4}2 phases [\d.]/],
    ['plain lines', false, /^master: prepare\/swap: done, 1\.4s$[^]*^done, 1m 13s$/m],
  ])('%s of a run that changes nothing by its nature does not speak of changes', async (_name, isTTY, words) => {
    const text = await run({isTTY, events: onlyLooked})

    expect(text).toMatch(words)
    expect(text).not.toMatch(/nothing to change|\d change/)
  })

  test('the task list marks the host that failed', async () => {
    expect(await run({isTTY: true, events: FAILED_RUN})).toMatch(
      /✖ master .*failed: starting the control plane: the API server did not answer/,
    )
  })

  test.each([
    ['a pipe', false, 100],
    ['a terminal without a size', true, 0],
  ])('%s gets plain lines', async (_name, isTTY, columns) => {
    const text = await run({isTTY, columns})

    expect(text).toContain('master: prepare/swap: 1 change, 1.4s\n')
    expect(text).not.toContain('\u001b')
  })
})
