import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {fingerprints} from '../../src/resources/packages/openpgp.ts'
import {packageRepository, packageRepositoryKind} from '../../src/resources/packages/package-repository.ts'
import {lifecycle, ME, workbenches} from './shell-runner.ts'
import {FINGERPRINT, KEY} from './package-key.ts'

const bench = workbenches()

test('the fingerprint of a key is the one that gpg says', () => {
  expect(fingerprints(KEY)).toEqual([FINGERPRINT])
  expect(fingerprints('no key')).toEqual([])
})

describe('package repository', () => {
  const spec = {
    name: 'kubernetes',
    url: 'https://pkgs.example.org/v1.37/deb',
    why: 'packages come from it',
    key: KEY,
    keyFingerprint: FINGERPRINT,
    lockSeconds: 5,
  }

  test('is one deb822 file with the key in it, fetched, and gone again by undo', async () => {
    const b = bench()
    mkdirSync(join(b.root, 'd'))
    b.stub(
      'apt-get',
      `case "$*" in *indextargets*) [ ! -e ${b.root}/list ] || echo ${b.root}/list;; *update) : >${b.root}/list;; esac`,
    )
    const made = packageRepository({...spec, folder: join(b.root, 'd')})
    const resource = {...made, sources: {...made.sources, owner: ME}}
    const cycle = lifecycle(b, packageRepositoryKind, resource)

    expect(cycle.diff()).toBe('does not exist')
    const original = cycle.apply()
    expect(cycle.diff()).toBeUndefined()
    await expect(readFileSync(join(b.root, 'd/kubernetes.sources'), 'utf8')).toMatchFileSnapshot(
      'golden/kubernetes.sources',
    )
    cycle.undo(original)

    expect(existsSync(join(b.root, 'd/kubernetes.sources'))).toBe(false)
  })

  /** An apt-get whose update says this and fails. */
  function refused(said: string) {
    const b = bench()
    mkdirSync(join(b.root, 'd'))
    b.stub('apt-get', `case "$*" in *update*) echo '${said}'; exit 100;; esac`)
    const made = packageRepository({...spec, folder: join(b.root, 'd')})
    const resource = {...made, sources: {...made.sources, owner: ME}}
    return {b, resource, path: join(b.root, 'd/kubernetes.sources')}
  }

  test.each([
    [
      'E: GPG error: https://p InRelease: The following signatures were invalid: BADSIG 8',
      'is not signed by the pinned key',
    ],
    ['E: GPG error: https://p InRelease: EXPKEYSIG 2346 isv', 'is by a key that has expired'],
    ['E: Failed to fetch https://p/InRelease  404  Not Found [IP: 192.0.2.1 80]', 'there is no package repository at'],
    ['E: Failed to fetch https://p/InRelease  Temporary failure resolving', 'this host cannot reach'],
    ['E: Failed to fetch https://p/InRelease  Could not connect to p:80', 'this host cannot reach'],
    ['E: Failed to fetch https://p/InRelease  Certificate verification failed', 'does not trust the certificate'],
  ])('that apt refuses with "%s" is not left there', (said, why) => {
    const {b, resource, path} = refused(said)
    const {look} = lifecycle(b, packageRepositoryKind, resource)

    const {code, stderr} = b.run(`set -eu\n${packageRepositoryKind.act(resource, look()).text}`)

    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n').at(-1)).toContain(why)
    expect(existsSync(path)).toBe(false)
  })

  test('that is refused leaves the earlier file as it was', () => {
    const {b, resource, path} = refused('E: Failed to fetch https://p/InRelease')
    writeFileSync(path, 'Types: deb\n')
    const {look} = lifecycle(b, packageRepositoryKind, resource)

    b.run(`set -eu\n${packageRepositoryKind.act(resource, look()).text}`)

    expect(readFileSync(path, 'utf8')).toBe('Types: deb\n')
    expect(existsSync(`${path}.before`)).toBe(false)
  })

  test("that another program's file already names is refused with the name of that file", () => {
    const {b, resource, path} = refused('')
    const other = join(b.root, 'd/tutorial.list')
    writeFileSync(other, '# deb https://pkgs.example.org/v1.37/deb/ /\n')
    const {look} = lifecycle(b, packageRepositoryKind, resource)
    expect(look().other).toBeUndefined()
    writeFileSync(other, 'deb [signed-by=/etc/apt/keyrings/k.gpg] https://pkgs.example.org/v1.37/deb/ /\n')

    const {code, stderr} = b.run(`set -eu\n${packageRepositoryKind.act(resource, look()).text}`)

    expect(code).toBe(1)
    expect(stderr).toContain(`${other} names the package repository`)
    expect(existsSync(path)).toBe(false)
  })

  test('with another key than the pinned one is refused before anything is touched', () => {
    expect(() => packageRepository({...spec, keyFingerprint: FINGERPRINT.replace('F', '0')})).toThrow(KadmError)
  })
})
