import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {expect, test} from 'vitest'
import {binary, binaryKind} from '../../src/resources/programs/binary.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const CONTENT = Buffer.from('\x7fELF new kubelet')
const sha256 = createHash('sha256').update(CONTENT).digest('hex')
const upload = {from: '/bundle/kubelet.gz', to: '/stage/x', sha256: 'aa', size: 9}

const isRoot = process.getuid?.() === 0
function kubelet(b: Workbench) {
  mkdirSync(join(b.root, 'kadm'), {recursive: true})
  writeFileSync(join(b.root, 'staged.gz'), gzipSync(CONTENT))
  return binary({
    path: join(b.root, 'bin/kubelet'),
    why: 'runs pods',
    sha256,
    staged: join(b.root, 'staged.gz'),
    upload,
    cacheDir: join(b.root, 'kadm/cache'),
  })
}
const hashings = (b: Workbench): number =>
  existsSync(join(b.root, 'calls'))
    ? readFileSync(join(b.root, 'calls'), 'utf8')
        .split('\n')
        .filter(l => l.startsWith('sha256sum')).length
    : 0

test.runIf(isRoot)('is unpacked in place, and the staged file is given up', () => {
  const b = bench()
  const resource = kubelet(b)
  const cycle = lifecycle(b, binaryKind, resource)

  expect(binaryKind.uploads?.(resource, cycle.look())).toEqual([upload])
  const original = cycle.apply()

  expect(readFileSync(resource.path)).toEqual(CONTENT)
  expect(statSync(resource.path).mode & 0o7777).toBe(0o755)
  expect(existsSync(resource.staged)).toBe(false)
  expect(cycle.diff()).toBeUndefined()
  expect(binaryKind.uploads?.(resource, cycle.look())).toEqual([])
  cycle.undo(original)
  expect(existsSync(join(b.root, 'bin'))).toBe(false)
})

test.runIf(isRoot)('of another release is kept and put back by undo', () => {
  const b = bench()
  const resource = kubelet(b)
  mkdirSync(join(b.root, 'bin'))
  writeFileSync(resource.path, 'old kubelet', {mode: 0o755})
  const cycle = lifecycle(b, binaryKind, resource)

  expect(cycle.diff()).toBe('is a different build or version')
  cycle.undo(cycle.apply())

  expect(readFileSync(resource.path, 'utf8')).toBe('old kubelet')
})

test.runIf(isRoot)('that arrived damaged never takes the place of what is there', () => {
  const b = bench()
  const resource = kubelet(b)
  writeFileSync(resource.staged, gzipSync(Buffer.from('something else')))

  expect(() => lifecycle(b, binaryKind, resource).apply()).toThrow('is not what was sent')
  expect(existsSync(resource.path)).toBe(false)
})

test('is hashed once, and again only when it was written to, even if its time was set back', () => {
  const b = bench()
  const resource = kubelet(b)
  mkdirSync(join(b.root, 'bin'))
  writeFileSync(resource.path, CONTENT, {mode: 0o755})
  utimesSync(resource.path, 1_000_000_000, 1_000_000_000)
  b.stub('sha256sum', 'exec /usr/bin/sha256sum "$@"')
  b.stub('openssl', 'exit 1')
  const cycle = lifecycle(b, binaryKind, resource)

  const first = cycle.look()
  expect(hashings(b)).toBe(1)
  expect(cycle.look()).toEqual(first)
  expect(hashings(b)).toBe(1)

  writeFileSync(
    resource.path,
    CONTENT.map(byte => byte ^ 1),
  )
  utimesSync(resource.path, 1_000_000_000, 1_000_000_000)
  expect(cycle.look()).not.toEqual(first)
  expect(hashings(b)).toBe(2)
})

test('a damaged memory of a hash is not believed', () => {
  const b = bench()
  const resource = kubelet(b)
  mkdirSync(join(b.root, 'bin'))
  writeFileSync(resource.path, CONTENT)
  const cycle = lifecycle(b, binaryKind, resource)
  const first = cycle.look()
  const cached = join(resource.cacheDir, resource.path.slice(1).replaceAll('/', '%'))
  writeFileSync(cached, readFileSync(cached, 'utf8').slice(0, -20))

  expect(cycle.look()).toEqual(first)
})

test('a look leaves no trace on a host that kadm has not written to', () => {
  const b = bench()
  const resource = {...kubelet(b), cacheDir: join(b.root, 'nowhere/cache')}
  mkdirSync(join(b.root, 'bin'))
  writeFileSync(resource.path, CONTENT)

  lifecycle(b, binaryKind, resource).look()

  expect(existsSync(join(b.root, 'nowhere'))).toBe(false)
})
