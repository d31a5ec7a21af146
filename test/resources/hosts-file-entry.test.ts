import {chmodSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {block, blockKind} from '../../src/resources/files/block.ts'
import {hostsFileEntry, hostsFileEntryKind} from '../../src/resources/host/hosts-file-entry.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const why = 'a test needs it'

function withHosts(text: string, name = 'worker-1') {
  const b = bench()
  const path = join(b.root, 'hosts')
  writeFileSync(path, text)
  return {
    b,
    path,
    cycle: lifecycle(b, hostsFileEntryKind, hostsFileEntry({path, name, why})),
    read: () => readFileSync(path, 'utf8'),
  }
}

test('the line that leads the name to 127.0.1.1 becomes a comment, and undo gives the very same file', () => {
  const text = '127.0.0.1 localhost\n127.0.1.1\tworker-1\n\n::1 ip6-localhost\n'
  const {cycle, read} = withHosts(text)

  expect(cycle.diff()).toMatch(/ maps worker-1 to a loopback address: 127\.0\.1\.1 worker-1$/)
  const original = cycle.apply()
  expect(read()).toBe('127.0.0.1 localhost\n# kadm took worker-1 out of: 127.0.1.1\tworker-1\n\n::1 ip6-localhost\n')
  expect(cycle.diff()).toBeUndefined()
  cycle.undo(original)

  expect(read()).toBe(text)
})

test('a line keeps its other names', () => {
  const text = '127.0.0.1 localhost worker-1  me # all of us\n::1 worker-1 worker-1\n127.0.1.1 Worker-1.lan WORKER-1\n'
  const {cycle, read} = withHosts(text)

  const original = cycle.apply()
  expect(read().split('\n')).toEqual([
    '# kadm took worker-1 out of: 127.0.0.1 localhost worker-1  me # all of us',
    '127.0.0.1 localhost me # kadm: without worker-1',
    '# kadm took worker-1 out of: ::1 worker-1 worker-1',
    '# kadm took worker-1 out of: 127.0.1.1 Worker-1.lan WORKER-1',
    '127.0.1.1 Worker-1.lan # kadm: without worker-1',
    '',
  ])
  cycle.undo(original)

  expect(read()).toBe(text)
})

test.each([
  ['another address', '192.168.56.11 worker-1\n'],
  ['another name that begins or ends alike', '127.0.1.1 worker-10 my-worker-1 worker-1.lan\n'],
  ['a comment', '127.0.0.1 localhost # not worker-1\n#127.0.1.1 worker-1\n'],
  ['a name where the dot is no dot', '127.0.1.1 workerx1\n'],
])('%s is left alone', (_, text) => {
  expect(withHosts(text).cycle.diff()).toBeUndefined()
})

test('a dot in the name is a dot', () => {
  expect(withHosts('127.0.1.1 axlan\n', 'a.lan').cycle.diff()).toBeUndefined()
  expect(withHosts('127.0.1.1 a.lan\n', 'a.lan').cycle.diff()).toBeDefined()
})

test('a path to a file that does not exist has no target', () => {
  const b: Workbench = bench()

  expect(
    lifecycle(b, hostsFileEntryKind, hostsFileEntry({path: join(b.root, 'none'), name: 'a', why})).diff(),
  ).toBeUndefined()
})

test('a linked file is edited where it is, with its mode', () => {
  const {b, path} = withHosts('127.0.1.1 worker-1\n')
  chmodSync(path, 0o640)
  symlinkSync('hosts', join(b.root, 'link'))
  const cycle = lifecycle(b, hostsFileEntryKind, hostsFileEntry({path: join(b.root, 'link'), name: 'worker-1', why}))

  cycle.apply()

  expect(readFileSync(path, 'utf8')).toBe('# kadm took worker-1 out of: 127.0.1.1 worker-1\n')
  expect(statSync(path).mode & 0o777).toBe(0o640)
})

test('together with the line of the address, undone backwards, the file is what it was to the byte', () => {
  const text = '127.0.0.1 localhost\n127.0.1.1 worker-1'
  const {b, path, cycle, read} = withHosts(text)
  const entry = lifecycle(b, blockKind, block({path, name: 'node', lines: '192.168.56.11 worker-1', why}))

  const first = entry.apply()
  const second = cycle.apply()
  expect(read()).toBe(
    '127.0.0.1 localhost\n# kadm took worker-1 out of: 127.0.1.1 worker-1\n# kadm begin node\n192.168.56.11 worker-1\n# kadm end node\n',
  )
  expect([entry.diff(), cycle.diff()]).toEqual([undefined, undefined])
  cycle.undo(second)
  entry.undo(first)

  expect(read()).toBe(text)
})
