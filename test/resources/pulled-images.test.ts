import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {pulledImages, pulledImagesKind} from '../../src/resources/images/pulled-images.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const ETCD = 'registry.k8s.io/etcd:3.7.0-0'
const PAUSE = 'registry.k8s.io/pause:3.10.2'

/** A containerd whose images are the lines of a file (`name digest`), and a crictl whose body says what to do with `$2`. */
function runtime(there: string, crictl: string): Workbench {
  const b = bench()
  const store = join(b.root, 'store')
  writeFileSync(store, there)
  b.stub(
    'ctr',
    `case "$*" in *'ls -q'*) cut -d' ' -f1 ${store};; *' ls'*) sed 's| | type |; s|$| 1 KiB linux/amd64 -|' ${store};;
*' rm '*) for last; do :; done; sed -i "\\|^$last |d" ${store};; esac`,
  )
  b.stub('crictl', crictl.replaceAll('STORE', store))
  return b
}

const PULLS = 'echo "$2 sha256:aa" >>STORE; echo "sha256:c0 sha256:aa" >>STORE'
const images = (refs: readonly string[]) =>
  pulledImages({name: 'control-plane', refs, deadlineSeconds: 20, pauses: [0, 0], why: 'they run'})

const pull = (b: Workbench): string => {
  const {look} = lifecycle(b, pulledImagesKind, images([ETCD]))
  const {code, stderr} = b.run(`set -eu\n${pulledImagesKind.act(images([ETCD]), look()).text}`)
  return code === 0 ? '' : (stderr.trimEnd().split('\n').at(-1) ?? '')
}
const tries = ({root}: Workbench): number =>
  readFileSync(join(root, 'calls'), 'utf8').match(/crictl pull/g)?.length ?? 0

test('images that are missing are pulled, and undo removes just these with their second names', () => {
  const b = runtime(`${PAUSE} sha256:bb\n`, PULLS)
  const cycle = lifecycle(b, pulledImagesKind, images([PAUSE, ETCD]))

  expect(cycle.diff()).toBe('1 of 2 images are missing')
  const original = cycle.apply()
  expect(cycle.diff()).toBeUndefined()
  expect(tries(b)).toBe(1)
  cycle.undo(original)

  expect(readFileSync(join(b.root, 'store'), 'utf8')).toBe(`${PAUSE} sha256:bb\n`)
})

test('a registry that breaks off is asked again', () => {
  const b = runtime('', `[ -e "$0.once" ] && { ${PULLS}; exit; }; : >"$0.once"; echo 'unexpected EOF' >&2; exit 1`)

  expect(pull(b)).toBe('')
  expect(tries(b)).toBe(2)
})

test.each([
  ['unexpected status from HEAD request to https://r/v2/: 429 Too Many Requests', 3, 'asks for fewer requests (429)'],
  ['failed to do request: dial tcp: lookup registry.k8s.io: no such host', 3, 'cannot be reached from this host'],
  ['failed to read body: unexpected EOF', 3, 'its registry broke off'],
  ['registry.k8s.io/etcd:3.7.0-0: not found', 1, 'its registry does not have it'],
  ['unexpected status: 401 Unauthorized', 1, 'does not let this host have it'],
  ['x509: certificate signed by unknown authority', 1, 'is not trusted by this host'],
])('"%s" is tried %i times and told in words', (said, times, why) => {
  const b = runtime('', `echo '${said}' >&2; exit 1`)

  expect(pull(b)).toContain(`could not pull ${ETCD}: `)
  expect(pull(b)).toContain(why)
  expect(tries(b)).toBe(2 * times)
})

test('a registry that never answers is given up when the time is over', () => {
  const b = runtime('', 'exec sleep 30')
  const resource = pulledImages({name: 'x', refs: [ETCD], deadlineSeconds: 1, pauses: [0], why: ''})

  const {stderr} = b.run(`set -eu\n${pulledImagesKind.act(resource, {unavailable: undefined, missing: [ETCD]}).text}`)

  expect(stderr).toMatch(/could not pull .*: all images together may take 1 s/)
})

const REFUSES = "echo 'unexpected status from HEAD request: 429 Too Many Requests' >&2; exit 1"
const place = {[ETCD]: {url: 'https://mirror/v2/etcd/manifests/3.7.0-0', caFile: '/etc/ca.crt'}}
const throttled = (b: Workbench, seconds: number) => {
  b.stub('curl', `printf 'HTTP/2 429\\r\\nretry-after: ${String(seconds)}\\r\\n'`)
  const resource = pulledImages({...images([ETCD]), name: 'x', manifests: place})
  return b.run(`set -eu\n${pulledImagesKind.act(resource, {unavailable: undefined, missing: [ETCD]}).text}`)
}

test('a registry that says when to come again is asked then, at the place of its mirror', () => {
  const b = runtime('', `[ -e "$0.once" ] && { ${PULLS}; exit; }; : >"$0.once"; ${REFUSES}`)
  b.stub('sleep')

  expect(throttled(b, 12)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^\u001dtell waits 12 s to pull registry\.k8s\.io\/etcd:3\.7\.0-0 again: /,
    ) as unknown,
  })
  expect(readFileSync(join(b.root, 'calls'), 'utf8')).toMatch(
    /^curl .* --cacert \/etc\/ca\.crt -- https:\/\/mirror\/v2\/etcd\/manifests\/3\.7\.0-0\nsleep 12$/m,
  )
})

test('a registry that wants to be left alone for long is not waited for', () => {
  const b = runtime('', REFUSES)

  expect(throttled(b, 3600).stderr).toContain(
    '(429); try again later, or name a mirror in source.images; it wants to be asked again in 3600 s\n',
  )
  expect(tries(b)).toBe(1)
})

test('ctr and crictl are given the proxy of the file', () => {
  const b = runtime('', `echo "$HTTPS_PROXY $no_proxy" >STORE.by; ${PULLS}`)
  const resource = pulledImages({...images([ETCD]), name: 'x', environment: {HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a'}})

  b.run(`set -eu\n${pulledImagesKind.act(resource, {unavailable: undefined, missing: [ETCD]}).text}`)

  expect(readFileSync(join(b.root, 'store.by'), 'utf8')).toBe('http://p:1 a\n')
})
