import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {absent, absentKind} from '../../src/resources/files/absent.ts'
import {directory, directoryKind} from '../../src/resources/files/directory.ts'
import {file, fileKind, type FileSpec} from '../../src/resources/files/file.ts'
import {hostPath} from '../../src/resources/files/host-path.ts'
import {lifecycle, ME, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const why = 'a test needs it'
const mode = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8).padStart(4, '0')
const aFile = (b: Workbench, spec: Partial<FileSpec> = {}) =>
  file({path: join(b.root, 'conf'), why, content: 'new\n', owner: ME, ...spec})

describe('file', () => {
  test('is made with its content, mode and folders, leaves nothing beside it, and then has nothing to do', () => {
    const b = bench()
    const path = join(b.root, 'etc/deep/conf')
    const cycle = lifecycle(b, fileKind, aFile(b, {path, mode: '0640'}))

    expect(cycle.diff()).toBe('does not exist')
    cycle.apply()

    expect(readFileSync(path, 'utf8')).toBe('new\n')
    expect(mode(path)).toBe('0640')
    expect(readdirSync(join(b.root, 'etc/deep'))).toEqual(['conf'])
    expect(mode(join(b.root, 'etc/deep'))).toBe('0755')
    expect(cycle.diff()).toBeUndefined()
  })

  test('that was not there is gone after undo, with the folders made for it', () => {
    const b = bench()
    const cycle = lifecycle(b, fileKind, aFile(b, {path: join(b.root, 'etc/deep/conf')}))

    cycle.undo(cycle.apply())

    expect(readdirSync(b.root)).toEqual([])
  })

  test('leaves a folder that others moved into', () => {
    const b = bench()
    const cycle = lifecycle(b, fileKind, aFile(b, {path: join(b.root, 'etc/deep/conf')}))

    const original = cycle.apply()
    writeFileSync(join(b.root, 'etc/theirs'), '')
    cycle.undo(original)

    expect(readdirSync(join(b.root, 'etc'))).toEqual(['theirs'])
  })

  test('of any bytes and mode comes back exactly after any content was put over it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({maxLength: 300}),
        fc.constantFrom(0o600, 0o644, 0o755, 0o4711),
        fc.string({unit: 'binary', maxLength: 200}),
        (bytes, bits, content) => {
          const b = bench()
          const path = join(b.root, "it's a file")
          writeFileSync(path, bytes)
          chmodSync(path, bits)
          utimesSync(path, 1_000_000_000, 1_000_000_000)
          const cycle = lifecycle(b, fileKind, aFile(b, {path, content, mode: '0600'}))

          const original = cycle.apply()
          expect(readFileSync(path, 'utf8')).toBe(Buffer.from(content).toString())
          expect(cycle.diff()).toBeUndefined()
          cycle.undo(original)

          expect(Buffer.from(bytes).equals(readFileSync(path))).toBe(true)
          expect(statSync(path).mode & 0o7777).toBe(bits)
          expect(statSync(path).mtimeMs).toBe(1_000_000_000_000)
        },
      ),
      {numRuns: 8},
    )
  })

  test('of a megabyte travels compressed', () => {
    const b = bench()
    const content = 'all work and no play\n'.repeat(50_000)
    const resource = aFile(b, {content})

    lifecycle(b, fileKind, resource).apply()

    expect(readFileSync(resource.path, 'utf8')).toBe(content)
    expect(fileKind.act(resource, {type: 'absent', missing: []}).text.length).toBeLessThan(20_000)
  })

  test('whose content is right gets its mode without being written again', () => {
    const b = bench()
    const resource = aFile(b, {mode: '0600'})
    writeFileSync(resource.path, 'new\n', {mode: 0o644})
    const {ino} = statSync(resource.path)
    const cycle = lifecycle(b, fileKind, resource)

    expect(cycle.diff()).toBe('mode 0644 should be 0600')
    cycle.apply()

    expect(mode(resource.path)).toBe('0600')
    expect(statSync(resource.path).ino).toBe(ino)
  })

  test('shows what would change as a unified diff', () => {
    const b = bench()
    const resource = aFile(b, {path: '/etc/conf', content: 'a\nc\n'})
    const found = {type: 'file', mode: '0644', owner: 'root:root', ids: '0:0', sha256: 'x', text: 'a\nb\n'} as const

    expect(fileKind.detail?.(resource, found)).toBe(
      '--- /etc/conf\tcurrent\n+++ /etc/conf\texpected\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n',
    )
  })

  test('that is secret shows nothing, brings nothing back from the host, and leaves its content out of the ledger', () => {
    const b = bench()
    const resource = aFile(b, {content: 'HUSH\n', secret: true})
    writeFileSync(resource.path, 'OLDHUSH\n')
    const cycle = lifecycle(b, fileKind, resource)

    const state = cycle.look()

    expect(JSON.stringify(state)).not.toContain('HUSH')
    expect(cycle.detail()).toBeUndefined()
    expect(resource.mode).toBe('0600')
    expect(JSON.stringify(fileKind.redact?.(resource))).not.toContain('HUSH')
    cycle.apply()
    expect(fileKind.diff({...resource, content: undefined}, cycle.look())).toBeUndefined()
  })

  test('that is yet to be made says so in a plan', () => {
    const b = bench()
    const resource = aFile(b, {content: undefined})
    writeFileSync(resource.path, 'x')

    expect(lifecycle(b, fileKind, resource).diff()).toContain('will be created')
  })

  test('does not replace a symbolic link or a folder', () => {
    const b = bench()
    const resource = aFile(b)
    symlinkSync('/somewhere', resource.path)
    const cycle = lifecycle(b, fileKind, resource)

    expect(cycle.diff()).toBe('is a symbolic link to /somewhere')
    expect(() => cycle.apply()).toThrow(KadmError)
    expect(readlinkSync(resource.path)).toBe('/somewhere')
  })

  test('is left as it was when what arrived is cut short', () => {
    const b = bench()
    const resource = aFile(b, {content: 'one two three\n'})
    writeFileSync(resource.path, 'old\n')
    const cut = fileKind.act(resource, {type: 'absent', missing: []}).text.replace('b25lIHR3byB0', 'b25l')

    const result = b.run(`set -eu\n${cut}`)

    expect(result.code).toBe(1)
    expect(result.stderr).toContain('is not what was sent')
    expect(readFileSync(resource.path, 'utf8')).toBe('old\n')
  })

  test('goes over what a run that was killed left beside it', () => {
    const b = bench()
    const resource = aFile(b)
    writeFileSync(join(b.root, '.kadm-conf.new'), 'half')

    lifecycle(b, fileKind, resource).apply()

    expect(readdirSync(b.root)).toEqual(['conf'])
  })
})

describe('directory', () => {
  const aDirectory = (b: Workbench, tree: boolean) =>
    directory({path: join(b.root, 'var/data'), why, mode: '0700', owner: ME, tree})

  test('is made with its mode and, when it holds nothing else, is gone after undo', () => {
    const b = bench()
    const cycle = lifecycle(b, directoryKind, aDirectory(b, false))

    const original = cycle.apply()
    expect(mode(join(b.root, 'var/data'))).toBe('0700')
    expect(cycle.diff()).toBeUndefined()
    cycle.undo(original)

    expect(readdirSync(b.root)).toEqual([])
  })

  test.each([
    [true, []],
    [false, ['var']],
  ])('with tree %s and something in it leaves %j after undo', (tree, left) => {
    const b = bench()
    const cycle = lifecycle(b, directoryKind, aDirectory(b, tree))

    const original = cycle.apply()
    writeFileSync(join(b.root, 'var/data/pod'), '')
    cycle.undo(original)

    expect(readdirSync(b.root)).toEqual(left)
  })

  test('that was there before keeps what is in it and gets its mode back', () => {
    const b = bench()
    mkdirSync(join(b.root, 'var/data'), {recursive: true})
    chmodSync(join(b.root, 'var/data'), 0o2775)
    const cycle = lifecycle(b, directoryKind, aDirectory(b, true))

    const original = cycle.apply()
    writeFileSync(join(b.root, 'var/data/theirs'), '')
    expect(mode(join(b.root, 'var/data'))).toBe('0700')
    cycle.undo(original)

    expect(mode(join(b.root, 'var/data'))).toBe('2775')
    expect(existsSync(join(b.root, 'var/data/theirs'))).toBe(true)
  })

  test('may be a symbolic link to one on another disk', () => {
    const b = bench()
    mkdirSync(join(b.root, 'disk'), {mode: 0o700})
    mkdirSync(join(b.root, 'var'))
    symlinkSync(join(b.root, 'disk'), join(b.root, 'var/data'))

    expect(lifecycle(b, directoryKind, aDirectory(b, false)).diff()).toBeUndefined()
  })
})

describe('absent', () => {
  test('takes a whole folder away, and undo brings all of it back', () => {
    const b = bench()
    const path = join(b.root, 'conf.d')
    mkdirSync(join(path, 'deep'), {recursive: true})
    writeFileSync(join(path, 'deep/a'), 'a', {mode: 0o600})
    symlinkSync('deep/a', join(path, 'link'))
    const cycle = lifecycle(b, absentKind, absent({path, why}))

    const original = cycle.apply()
    expect(existsSync(path)).toBe(false)
    expect(cycle.diff()).toBeUndefined()
    cycle.undo(original)

    expect(readFileSync(join(path, 'link'), 'utf8')).toBe('a')
    expect(mode(join(path, 'deep/a'))).toBe('0600')
  })
})

test.each(['etc/x', '/', '/etc/../x', '/etc//x', '/etc/', '/etc/a\nb'])('%j is refused as a path on a host', path => {
  expect(() => hostPath(path)).toThrow(KadmError)
})
