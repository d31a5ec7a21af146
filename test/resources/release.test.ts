import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {release, releaseKind, type ReleaseResource} from '../../src/resources/programs/release.ts'
import {noValues} from '../engine/sample-run.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

interface CheckContext {
  readonly b: Workbench
  /** What a server has: an archive with two programs in it. */
  readonly published: string
  readonly stage: string
  readonly resource: (changes?: Partial<ReleaseResource>) => ReleaseResource
}

function scene(): CheckContext {
  const b = bench()
  // Only root may give files away, and which user runs this is all the same.
  b.stub('chown')
  const from = join(b.root, 'from')
  mkdirSync(join(from, 'bin'), {recursive: true})
  for (const name of ['one', 'two']) writeFileSync(join(from, 'bin', name), `${name}\n`.repeat(5000))
  const published = join(b.root, 'tool-1.tar.gz')
  spawnSync('tar', ['-czf', published, '-C', from, 'bin/one', 'bin/two'])
  const stage = join(b.root, 'stage')
  const resource = (changes: Partial<ReleaseResource> = {}): ReleaseResource =>
    release({
      name: 'tool',
      why: 'it is needed',
      file: 'tool-1.tar.gz',
      url: `file://${published}`,
      checksumUrl: 'https://example.com/tool.sha256',
      sha256: sha256(published),
      environment: {},
      stageDir: stage,
      folder: join(b.root, 'records'),
      pauses: [0, 0],
      programs: ['one', 'two'].map(name => ({member: `bin/${name}`, path: join(b.root, 'bin', name)})),
      ...changes,
    })
  return {b, published, stage, resource}
}

const act = ({b}: CheckContext, resource: ReleaseResource) => {
  const state = lifecycle(b, releaseKind, resource).look()
  return b.run(`set -eu\n( set -eu; ${releaseKind.act(resource, state).text}\n) </dev/null`)
}
const placed = ({b}: CheckContext): readonly string[] =>
  existsSync(join(b.root, 'bin')) ? readdirSync(join(b.root, 'bin')).sort() : []

describe('the programs of a release', () => {
  test('that were there before come back to their own places, although a later kadm names them in another order', () => {
    const here = scene()
    const [one, two] = [join(here.b.root, 'bin', 'one'), join(here.b.root, 'bin', 'two')]
    mkdirSync(join(here.b.root, 'bin'))
    writeFileSync(one, 'their one')
    writeFileSync(two, 'their two')
    const wanted = here.resource()
    const first = lifecycle(here.b, releaseKind, wanted).look()
    here.b.run(releaseKind.backup?.(wanted, first) ?? '')
    expect(act(here, wanted).code).toBe(0)
    const later = here.resource({programs: wanted.programs.toReversed()})

    const {code} = here.b.run(
      `set -eu\n( set -eu; ${releaseKind.revert(later, releaseKind.ledgerState?.(wanted, first) ?? first).text}\n) </dev/null`,
    )

    expect(code).toBe(0)
    expect([one, two].map(path => readFileSync(path, 'utf8'))).toStrictEqual(['their one', 'their two'])
  })

  test('are fetched, checked and placed; a second look wants nothing; undo takes them away', () => {
    const here = scene()
    const cycle = lifecycle(here.b, releaseKind, here.resource())

    expect(cycle.diff()).toBe('tool-1.tar.gz does not exist')
    const original = cycle.apply()

    expect(placed(here)).toEqual(['one', 'two'])
    expect(spawnSync('stat', ['-c', '%a', join(here.b.root, 'bin/one')]).stdout.toString()).toBe('755\n')
    expect(readdirSync(here.stage)).toEqual([])
    expect(cycle.diff()).toBeUndefined()
    cycle.undo(original)
    expect(placed(here)).toEqual([])
  })

  test('that replaced other releases are reverted by undo', () => {
    const here = scene()
    mkdirSync(join(here.b.root, 'bin'))
    writeFileSync(join(here.b.root, 'bin/one'), 'of somebody')
    const cycle = lifecycle(here.b, releaseKind, here.resource())

    const original = cycle.apply()
    cycle.undo(original)

    expect(placed(here)).toEqual(['one'])
    expect(readFileSync(join(here.b.root, 'bin/one'), 'utf8')).toBe('of somebody')
  })

  test('may be one published file as it is', () => {
    const here = scene()
    const path = join(here.b.root, 'bin/tool')

    expect(act(here, here.resource({programs: [{member: undefined, path}]})).code).toBe(0)
    expect(sha256(path)).toBe(sha256(here.published))
  })

  test('are missed when one is changed or gone, and left alone by a reset that finds others there', () => {
    const here = scene()
    const cycle = lifecycle(here.b, releaseKind, here.resource())
    cycle.apply()
    writeFileSync(join(here.b.root, 'bin/two'), 'altered')

    expect(cycle.diff()).toBe(`${join(here.b.root, 'bin/two')} was changed`)
    expect(releaseKind.drift?.(here.resource(), cycle.look())).toContain('bin/two differs from the copied file')
  })

  test('are reported from another release and from another build of the same', () => {
    const here = scene()
    lifecycle(here.b, releaseKind, here.resource()).apply()
    const diff = (changes: Partial<ReleaseResource>) => lifecycle(here.b, releaseKind, here.resource(changes)).diff()

    expect(diff({file: 'tool-2.tar.gz'})).toBe('is tool-1.tar.gz, should be tool-2.tar.gz')
    expect(diff({sha256: '0'.repeat(64)})).toBe('is a different build of tool-1.tar.gz')
    expect(diff({sha256: undefined})).toBeUndefined()
  })

  test('have their hash from the file, else from the project that publishes them', async () => {
    const here = scene()
    const asked: string[] = []
    const values = {
      ...noValues,
      releaseHash: (url: string, file: string) => {
        asked.push(`${url} ${file}`)
        return Promise.resolve('ab')
      },
    }
    const state = lifecycle(here.b, releaseKind, here.resource()).look()

    expect(await releaseKind.resolve?.(here.resource(), state, values)).toEqual(here.resource())
    expect(await releaseKind.resolve?.(here.resource({sha256: undefined}), state, values)).toMatchObject({
      sha256: 'ab',
    })
    expect(asked).toEqual(['https://example.com/tool.sha256 tool-1.tar.gz'])
  })
})

describe('a fetch', () => {
  test('of what has another hash places nothing and keeps nothing', () => {
    const here = scene()
    const found = sha256(here.published)

    const {code, stderr} = act(here, here.resource({sha256: 'f'.repeat(64)}))

    expect(code).toBe(1)
    expect(stderr).toContain(`is not what its publisher has: sha256 is ${found}, should be ${'f'.repeat(64)}\n`)
    expect(placed(here)).toEqual([])
    expect(readdirSync(here.stage).filter(name => name.endsWith('.part'))).toEqual([])
  })

  test('of an archive without one of the programs places nothing', () => {
    const here = scene()
    const programs = [...here.resource().programs, {member: 'bin/three', path: join(here.b.root, 'bin/three')}]

    expect(act(here, here.resource({programs})).stderr).toContain(
      'tool-1.tar.gz does not hold bin/one and bin/two and bin/three',
    )
    expect(placed(here)).toEqual([])
  })

  test('continues from what an earlier run left', () => {
    const here = scene()
    mkdirSync(here.stage)
    const whole = readFileSync(here.published)
    writeFileSync(join(here.stage, `${sha256(here.published)}.part`), whole.subarray(0, 100))

    const {code, stderr} = act(here, here.resource())

    expect(code).toBe(0)
    expect(stderr).toContain('\u001dtell resuming the download of tool-1.tar.gz\n')
    expect(placed(here)).toEqual(['one', 'two'])
  })

  test('starts from the beginning when the rest belongs to something else', () => {
    const here = scene()
    mkdirSync(here.stage)
    writeFileSync(join(here.stage, `${sha256(here.published)}.part`), 'of something else')

    expect(act(here, here.resource()).code).toBe(0)
    expect(placed(here)).toEqual(['one', 'two'])
  })

  const curl = (here: CheckContext, body: string): void =>
    here.b.stub('curl', `for last; do :; done; while [ "$1" != -o ]; do shift; done; to=$2\n${body}`)
  const tries = ({b}: CheckContext): number =>
    readFileSync(join(b.root, 'calls'), 'utf8').match(/^curl /gm)?.length ?? 0

  test.each([
    ['curl: (22) The requested URL returned error: 404', 1, 'there is nothing at file://'],
    ['curl: (22) The requested URL returned error: 429', 3, 'its server asks for fewer requests (429)'],
    ['curl: (22) The requested URL returned error: 503', 3, 'cannot give it now (503)'],
    ['curl: (56) CONNECT tunnel failed, response 407', 1, 'the proxy wants a login (407)'],
    ['curl: (5) Could not resolve proxy: proxy.lan', 1, "this host does not know the proxy's name"],
    ['curl: (6) Could not resolve host: github.com', 3, 'this host cannot reach file://'],
    ['curl: (7) Failed to connect to 10.0.0.1 port 443 after 0 ms: No route to host', 3, 'this host cannot reach'],
    ['curl: (28) Connection timed out after 20001 milliseconds', 3, 'this host cannot reach'],
    ['curl: (60) SSL certificate problem: self-signed certificate', 1, 'does not trust the certificate of'],
    ['curl: (23) Failure writing output to destination', 1, 'there is no space left on this host'],
    ['curl: (18) transfer closed with 404 bytes remaining to read', 3, 'broke off'],
  ])('that ends with "%s" is tried %i times and told in words', (said, times, why) => {
    const here = scene()
    curl(here, `echo '${said}' >&2; exit 22`)

    const {code, stderr} = act(here, here.resource())

    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n').at(-1)).toContain('could not fetch tool-1.tar.gz: ')
    expect(stderr.trimEnd().split('\n').at(-1)).toContain(why)
    expect(tries(here)).toBe(times)
    expect(placed(here)).toEqual([])
  })

  const REFUSES = `echo 'curl: (22) The requested URL returned error: 429' >&2; exit 22`
  const asks = (seconds: number): string => `printf 'HTTP/1.1 429\\r\\nRetry-After: ${seconds}\\r\\n' >"$to.head"`

  test('comes again when the server says, and not before', () => {
    const here = scene()
    curl(here, `if [ -e "$0.once" ]; then cp ${here.published} "$to"; exit; fi; : >"$0.once"\n${asks(1)}; ${REFUSES}`)
    here.b.stub('sleep')

    expect(act(here, here.resource()).code).toBe(0)
    expect(readFileSync(join(here.b.root, 'calls'), 'utf8')).toContain('\nsleep 1\n')
  })

  test('ends at once when the server wants to be left alone for long', () => {
    const here = scene()
    curl(here, `${asks(3600)}; ${REFUSES}`)

    expect(act(here, here.resource()).stderr).toContain('asks for fewer requests (429), in 3600 s\n')
    expect(tries(here)).toBe(1)
  })

  test('goes by the proxy of the file, under both spellings', () => {
    const here = scene()
    curl(here, `echo "$http_proxy $HTTP_PROXY $no_proxy" >${here.b.root}/by; cp ${here.published} "$to"`)

    act(here, here.resource({environment: {HTTP_PROXY: 'http://proxy:3128', NO_PROXY: 'a,b'}}))

    expect(readFileSync(join(here.b.root, 'by'), 'utf8')).toBe('http://proxy:3128 http://proxy:3128 a,b\n')
  })
})
