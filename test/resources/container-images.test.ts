import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {expect, test} from 'vitest'
import {containerImages, containerImagesKind, type WantedImage} from '../../src/resources/images/container-images.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`
const PAUSE = 'registry.k8s.io/pause:3.10.2'
const DNS = 'registry.k8s.io/coredns/coredns:v1.14.6'
const HEAD = 'REF TYPE DIGEST SIZE PLATFORMS LABELS'
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const row = (ref: string, manifest: string, labels = '-'): string =>
  `${ref}   ${MANIFEST} ${manifest} 351.4 KiB linux/amd64 ${labels}`
const LABELS = 'io.cri-containerd.image=managed,io.cri-containerd.pinned=pinned'

const image = (b: Workbench, ref: string, config: string): WantedImage => ({
  ref,
  configDigest: config,
  staged: join(b.root, `${ref.replaceAll('/', '_')}.gz`),
  upload: {from: `/bundle/${ref}`, to: '/stage', sha256: 'aa', size: 1},
})
const set = (b: Workbench) =>
  containerImages({
    name: 'v1.37.2',
    why: 'pods start from them',
    images: [image(b, PAUSE, digest('1')), image(b, DNS, digest('2'))],
  })

/** A stand-in that lists the file `list` and adds what is imported. */
function machine(rows: readonly string[]): Workbench {
  const b = bench()
  writeFileSync(join(b.root, 'list'), [HEAD, ...rows, ''].join('\n'))
  b.stub(
    'ctr',
    `case "$*" in
*'images ls') cat ${b.root}/list;;
*'images ls -q') sed 1d ${b.root}/list | cut -d' ' -f1;;
*'images import --help') echo '   --local  run import locally';;
*'images import'*) cat >>${b.root}/list;;
*'images label'*) awk -v r="$5" -v l="$6" '$1==r {$NF=l} 1' ${b.root}/list >${b.root}/new; mv ${b.root}/new ${b.root}/list;;
*'content get'*) echo '{"schemaVersion": 2, "config": {"mediaType": "x", "digest": "${digest('1')}"}, "layers": [{"digest": "${digest('9')}"}]}';;
esac`,
  )
  return b
}
const called = (b: Workbench, word: string): readonly string[] =>
  readFileSync(join(b.root, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .filter(call => call.includes(word))

test('that are there with the right config and pinned have nothing to do', () => {
  const b = machine([
    row(PAUSE, digest('a'), LABELS),
    row(digest('1'), digest('a')),
    row(DNS, digest('b'), LABELS),
    row(digest('2'), digest('b')),
  ])

  expect(lifecycle(b, containerImagesKind, set(b)).diff()).toBeUndefined()
  expect(called(b, 'ctr')).toHaveLength(1)
})

test('are distinguished: missing, of another build under the same name, and not pinned', () => {
  const b = machine([
    row(PAUSE, digest('a')),
    row(digest('1'), digest('a')),
    row(DNS, digest('b'), LABELS),
    row(digest('8'), digest('b')),
  ])
  const cycle = lifecycle(b, containerImagesKind, set(b))

  expect(cycle.diff()).toBe('1 of 2 images missing or different, the kubelet can delete 1 of 2 images (not pinned)')
  expect(cycle.detail()).toBe(`+ ${DNS}`)
  expect(containerImagesKind.uploads?.(set(b), cycle.look()).map(({from}) => from)).toEqual([`/bundle/${DNS}`])
})

test('just imported, which the runtime has not named by config yet, are asked for their manifest', () => {
  const b = machine([row(PAUSE, digest('a'), LABELS)])

  expect(lifecycle(b, containerImagesKind, set(b)).look().images).toEqual([
    {ref: PAUSE, configDigest: digest('1'), pinned: true},
  ])
})

test('are imported from what is staged, pinned, and undo removes only what was not there before', () => {
  const b = machine([row(DNS, digest('b'), LABELS), row(digest('2'), digest('b'))])
  const resource = set(b)
  writeFileSync(
    resource.images[0]?.staged ?? '',
    gzipSync(`${row(PAUSE, digest('a'))}\n${row(digest('1'), digest('a'))}\n`),
  )
  const cycle = lifecycle(b, containerImagesKind, resource)

  const original = cycle.apply()
  expect(called(b, 'k8s.io images import')).toEqual(['ctr -n k8s.io images import --local --no-unpack -'])
  expect(called(b, 'label')).toEqual([`ctr -n k8s.io images label ${PAUSE} io.cri-containerd.pinned=pinned`])
  expect(cycle.diff()).toBeUndefined()
  cycle.undo(original)

  expect(called(b, 'images rm')).toEqual([`ctr -n k8s.io images rm ${PAUSE}`, `ctr -n k8s.io images rm ${digest('1')}`])
})

test('that come in one archive are imported once and all pinned', () => {
  const b = machine([])
  const staged = join(b.root, 'both.gz')
  const both = [row(PAUSE, digest('a')), row(DNS, digest('a')), row(digest('1'), digest('a'))].join('\n')
  writeFileSync(staged, gzipSync(`${both}\n`))
  const images = set(b).images.map(each => ({...each, staged, configDigest: digest('1')}))
  const cycle = lifecycle(b, containerImagesKind, {...set(b), images})

  cycle.apply()

  expect(called(b, 'k8s.io images import')).toHaveLength(1)
  expect(cycle.diff()).toBeUndefined()
})

test('of which one cannot be imported fail, whatever the others do', () => {
  const b = machine([])
  const resource = set(b)
  writeFileSync(resource.images[1]?.staged ?? '', gzipSync(''))

  expect(() => lifecycle(b, containerImagesKind, resource).apply()).toThrow(`the archive of ${PAUSE} is damaged`)
})

test('cannot be seen before the runtime is there, which a plan says', () => {
  const b = bench()
  b.stub('ctr', 'echo "ctr: connection refused" >&2; exit 1')

  expect(lifecycle(b, containerImagesKind, set(b)).diff()).toBe('cannot list the images: ctr: connection refused')
})

test('that a slow machine does not list in time are reported as such, and not by what it had said until then', () => {
  const b = machine([row(PAUSE, digest('a'), LABELS)])
  b.stub('timeout', `shift; "$@"; exit 124`)

  expect(lifecycle(b, containerImagesKind, set(b)).diff()).toBe(
    'cannot list the images: containerd did not answer within 150 s',
  )
})
