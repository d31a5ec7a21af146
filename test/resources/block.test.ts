import {existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {block, blockKind} from '../../src/resources/files/block.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const hosts = (b: Workbench, lines = '10.0.0.10 master\n') =>
  block({path: join(b.root, 'hosts'), name: 'nodes', lines, why: 'nodes find one another by name'})
const read = (b: Workbench): string => readFileSync(join(b.root, 'hosts'), 'utf8')
const OURS = '# kadm begin nodes\n10.0.0.10 master\n# kadm end nodes\n'

test('is put at the end, replaced when it differs, and then has nothing to do', () => {
  const b = bench()
  writeFileSync(join(b.root, 'hosts'), '127.0.0.1 localhost')

  lifecycle(b, blockKind, hosts(b)).apply()
  expect(read(b)).toBe(`127.0.0.1 localhost\n${OURS}`)
  const changed = lifecycle(b, blockKind, hosts(b, '10.0.0.11 worker\n'))
  expect(changed.diff()).toBe('the lines of kadm for nodes differ')
  changed.apply()

  expect(read(b)).toBe('127.0.0.1 localhost\n# kadm begin nodes\n10.0.0.11 worker\n# kadm end nodes\n')
  expect(changed.diff()).toBeUndefined()
})

test('undo removes exactly these lines although others changed the rest', () => {
  const b = bench()
  writeFileSync(join(b.root, 'hosts'), 'a\n')
  const cycle = lifecycle(b, blockKind, hosts(b))

  const original = cycle.apply()
  writeFileSync(join(b.root, 'hosts'), `changed\n${OURS}added\n`)
  cycle.undo(original)

  expect(read(b)).toBe('changed\nadded\n')
})

test('a file made for it goes again, unless others wrote to it', () => {
  const b = bench()
  const cycle = lifecycle(b, blockKind, hosts(b))

  const original = cycle.apply()
  expect(read(b)).toBe(OURS)
  cycle.undo(original)
  expect(existsSync(join(b.root, 'hosts'))).toBe(false)

  cycle.apply()
  writeFileSync(join(b.root, 'hosts'), `${OURS}theirs\n`)
  cycle.undo(original)
  expect(read(b)).toBe('theirs\n')
})

test('apply then undo gives the same bytes and mode for any text, with or without a last newline', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('127.0.0.1 localhost', '', '# a note', '  x\\y $HOME `id`', "it's", 'ü'), {
        maxLength: 6,
      }),
      fc.boolean(),
      fc.constantFrom(0o644, 0o640, 0o600),
      (lines, ended, mode) => {
        const b = bench()
        const text = lines.join('\n') + (ended ? '\n' : '')
        writeFileSync(join(b.root, 'hosts'), text, {mode})
        const cycle = lifecycle(b, blockKind, hosts(b))

        const original = cycle.apply()
        expect(read(b).endsWith(OURS)).toBe(true)
        expect(cycle.diff()).toBeUndefined()
        cycle.undo(original)

        expect(read(b)).toBe(text)
        expect(statSync(join(b.root, 'hosts')).mode & 0o777).toBe(mode)
      },
    ),
    {numRuns: 8},
  )
})

test('edits what a symbolic link points at and leaves the link', () => {
  const b = bench()
  writeFileSync(join(b.root, 'real'), 'a')
  symlinkSync('real', join(b.root, 'hosts'))
  const cycle = lifecycle(b, blockKind, hosts(b))

  const original = cycle.apply()
  expect(lstatSync(join(b.root, 'hosts')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(b.root, 'real'), 'utf8')).toBe(`a\n${OURS}`)
  cycle.undo(original)

  expect(readFileSync(join(b.root, 'real'), 'utf8')).toBe('a')
})

test.each(['# kadm begin nodes\nx\n', '# kadm end nodes\n', OURS + OURS, '# kadm end nodes\n# kadm begin nodes\nx\n'])(
  'damaged markers are named and never guessed at: %j',
  text => {
    const b = bench()
    writeFileSync(join(b.root, 'hosts'), text)
    const cycle = lifecycle(b, blockKind, hosts(b))

    expect(cycle.diff()).toBe('the lines of kadm for nodes are damaged')
    expect(() => cycle.apply()).toThrow(KadmError)
    expect(read(b)).toBe(text)
  },
)
