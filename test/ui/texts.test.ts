import {PassThrough} from 'node:stream'
import fc from 'fast-check'
import pc from 'picocolors'
import {describe, expect, test} from 'vitest'
import {askSecret, confirm} from '../../src/ui/ask.ts'
import {columns, table} from '../../src/ui/columns.ts'
import {timeTaken} from '../../src/domain/duration.ts'
import {renderPlan} from '../../src/ui/render-plan.ts'
import {terminal} from '../../src/ui/terminal.ts'

test.each([
  [0, '0.0s'],
  [340, '0.3s'],
  [9949, '9.9s'],
  [9950, '10s'],
  [59_400, '59s'],
  [59_600, '1m 00s'],
  [62_000, '1m 02s'],
  [3_599_600, '1h 00m'],
  [3_900_000, '1h 05m'],
])('%d ms is written %s', (ms, text) => {
  expect(timeTaken(ms)).toBe(text)
})

describe('columns', () => {
  test('are aligned however the cells are coloured', () => {
    const bold = pc.createColors(true).bold

    expect(
      columns([
        ['a', bold('bb'), 'c'],
        ['aaa', 'b', 'c'],
      ]),
    ).toBe(`a    ${bold('bb')}  c\naaa  b   c`)
  })

  test('keep every cell, in order', () => {
    const cell = fc.stringMatching(/^[a-z]{1,8}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), {minLength: 1}), rows => {
        expect(
          columns(rows)
            .split('\n')
            .map(line => line.split(/ {2,}/)),
        ).toEqual(rows)
      }),
    )
  })

  test('of a table have a heading in capitals', () => {
    expect(table(['name', 'age'], [['master', '3d']])).toBe('NAME    AGE\nmaster  3d')
  })
})

describe('a plan', () => {
  const change = {
    host: 'master',
    phase: 'prepare/hostname',
    resource: 'hostname',
    why: 'the hostname identifies the node',
    diff: "is 'vm', should be 'master'",
    detail: undefined,
  }

  test('names hosts, phases, what differs and why, with diffs below', async () => {
    const plan = [
      change,
      {
        ...change,
        phase: 'prepare/modules',
        resource: 'file:/etc/modules-load.d/k8s.conf',
        why: 'bridged packets must pass the firewall',
        diff: 'differs',
        detail: '@@ -1 +1,2 @@\n-overlay\n+overlay\n+br_netfilter\n',
      },
      {...change, host: 'worker-1'},
    ]

    await expect(`${renderPlan(plan, pc.createColors(false))}\n`).toMatchFileSnapshot('golden/plan.txt')
  })

  test('colours what is added and what is removed', () => {
    const text = renderPlan([{...change, detail: '-old\n+new'}], pc.createColors(true))

    expect(text).toContain('\u001b[31m-old')
    expect(text).toContain('\u001b[32m+new')
  })

  test('with nothing in it says so', () => {
    expect(renderPlan([], pc.createColors(false))).toBe('nothing to change')
  })
})

describe('a question', () => {
  test('without a terminal names the flag that answers it', async () => {
    const question = {message: 'reset worker-1?', flag: '--yes'}

    await expect(confirm({canAsk: false}, question)).rejects.toMatchObject({
      code: 'usage',
      hint: 'pass --yes',
    })
    await expect(askSecret({canAsk: false}, question)).rejects.toMatchObject({code: 'usage'})
  })
})

test('wide characters and colours are counted as a terminal shows them', () => {
  const rows = [
    ['名前', 'state'],
    ['\u001b[31mred\u001b[39m', 'off'],
    ['e\u0301', 'on'],
  ]

  expect(
    columns(rows)
      .split('\n')
      .map(line => line.replaceAll(/\u001b\[\d+m/g, '')),
  ).toEqual(['名前  state', 'red   off', 'e\u0301     on'])
})

describe('the terminal', () => {
  const stream = (isTTY: boolean): NodeJS.WriteStream =>
    Object.assign(new PassThrough(), {isTTY}) as unknown as NodeJS.WriteStream
  const source = (isTTY: boolean, env: Record<string, string>): Parameters<typeof terminal>[0] => ({
    stdin: {isTTY},
    stdout: stream(isTTY),
    stderr: stream(isTTY),
    env,
  })

  test.each([
    {name: 'a terminal', isTTY: true, env: {}, color: true, expected: true},
    {name: 'a pipe', isTTY: false, env: {}, color: true, expected: false},
    {name: 'NO_COLOR', isTTY: true, env: {NO_COLOR: '1'}, color: true, expected: false},
    {name: 'an empty NO_COLOR', isTTY: true, env: {NO_COLOR: ''}, color: true, expected: true},
    {name: 'a dumb terminal', isTTY: true, env: {TERM: 'dumb'}, color: true, expected: false},
    {name: '--no-color', isTTY: true, env: {}, color: false, expected: false},
    {name: 'FORCE_COLOR on a pipe', isTTY: false, env: {FORCE_COLOR: '1'}, color: true, expected: true},
    {name: 'FORCE_COLOR against --no-color', isTTY: false, env: {FORCE_COLOR: '1'}, color: false, expected: false},
  ])('has colours or not: $name', ({isTTY, env, color, expected}) => {
    expect(terminal(source(isTTY, env), {color}).colours.isColorSupported).toBe(expected)
  })

  test('keeps colours out of a stream that goes to a file', () => {
    const toFile = terminal({...source(true, {}), stderr: stream(false)}, {color: true})
    const toPipe = terminal({...source(true, {}), stdout: stream(false)}, {color: true})

    expect([toFile, toPipe].map(one => [one.colours.isColorSupported, one.stderrColours.isColorSupported])).toEqual([
      [true, false],
      [false, true],
    ])
  })

  test('can be asked only when both ends are one', () => {
    expect(terminal(source(true, {}), {color: true}).canAsk).toBe(true)
    expect(terminal({...source(true, {}), stdin: {}}, {color: true}).canAsk).toBe(false)
    expect(terminal({...source(false, {}), stdin: {isTTY: true}}, {color: true}).canAsk).toBe(false)
  })
})
