import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {waitForApt} from '../../src/resources/apt-lock.ts'
import {fingerprints} from '../../src/resources/openpgp.ts'
import {aptPackage, packageKind} from '../../src/resources/package.ts'
import {packageRepository, packageRepositoryKind} from '../../src/resources/package-repository.ts'
import {lifecycle, ME, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const KEY = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawUnGxYJKwYBBAHaRw8BAQdAZPRiFl1VZ26HrKSMA/6Z2SLwOGE/OgM8GRuP
nggCmpu0HGthZG0gdGVzdCA8dGVzdEBleGFtcGxlLm9yZz6IkAQTFggAOBYhBPnD
i7XSwl1aquLC8oda1vVgVIK4BQJrBScbAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4B
AheAAAoJEIda1vVgVIK4ih0A/jFRazlJSnO9JLG6u2sDGWWyzdBNMlNtV3j9xhhA
Rpa2AP4v//d8V/ROGeodv9Cr+QV1HbuFWXYEGHfjMLPMLQEzBw==
=QsNK
-----END PGP PUBLIC KEY BLOCK-----
`
/** As gpg says. */
const FINGERPRINT = 'F9C38BB5D2C25D5AAAE2C2F2875AD6F5605482B8'

test('the fingerprint of a key is the one that gpg says', () => {
  expect(fingerprints(KEY)).toEqual([FINGERPRINT])
  expect(fingerprints('no key')).toEqual([])
})

describe('package', () => {
  /** Stand-ins that keep "version held" in a file. */
  function machine(installed?: string): Workbench {
    const b = bench()
    const state = join(b.root, 'version')
    if (installed !== undefined) writeFileSync(state, installed)
    b.stub(
      'dpkg-query',
      `[ -e ${state} ] || exit 1; case "$*" in *Status*) printf 'installed %s\n' "$(cat ${state})";; *) cat ${state};; esac`,
    )
    b.stub(
      'apt-mark',
      `case $1 in hold) : >${b.root}/hold;; unhold) rm -f ${b.root}/hold;; showhold) [ ! -e ${b.root}/hold ] || echo "$2";; esac`,
    )
    b.stub(
      'apt-get',
      `for last; do :; done
case "$*" in *--simulate*) exit 1;; *purge*) rm ${state};; *' install '*) printf %s "$last" | cut -d= -f2 | tr -d '\n' >${state};; esac`,
    )
    return b
  }
  const kubelet = aptPackage({
    name: 'kubelet',
    version: '1.37.2-1.1',
    held: true,
    lockSeconds: 5,
    why: 'it runs the pods',
  })

  test('is installed at its version after the lists were fetched, held, and purged by undo', () => {
    const b = machine()
    const cycle = lifecycle(b, packageKind, kubelet)

    expect(cycle.diff()).toBe('is not installed')
    const original = cycle.apply()
    expect(cycle.look()).toEqual({version: '1.37.2-1.1', held: true})
    expect(readFileSync(join(b.root, 'calls'), 'utf8')).toMatch(
      /apt-get .* update\n(.*\n)*apt-get .* install kubelet=1.37.2-1.1\n/,
    )
    cycle.undo(original)

    expect(cycle.look()).toEqual({version: undefined, held: false})
  })

  test('of another version is replaced, and comes back by undo', () => {
    const b = machine('1.36.0-1.1')
    const cycle = lifecycle(b, packageKind, kubelet)

    expect(cycle.diff()).toBe('is 1.36.0-1.1, should be 1.37.2-1.1, is not held')
    cycle.undo(cycle.apply())

    expect(cycle.look()).toEqual({version: '1.36.0-1.1', held: false})
  })

  test('that is there is only held', () => {
    const b = machine('1.37.2-1.1')

    lifecycle(b, packageKind, kubelet).apply()

    expect(readFileSync(join(b.root, 'calls'), 'utf8')).not.toContain('apt-get')
    expect(existsSync(join(b.root, 'hold'))).toBe(true)
  })
})

describe('the wait for the package manager', () => {
  test('goes on when nobody holds its locks', () => {
    const b = bench()
    writeFileSync(join(b.root, 'lock'), '')

    expect(
      b.run(`set -eu\n${waitForApt(0, [join(b.root, 'lock'), join(b.root, 'none')]).text}\necho on`),
    ).toMatchObject({code: 0, stdout: 'on\n'})
  })

  test('that takes too long names who holds them', async () => {
    const b = bench()
    const lock = join(b.root, 'lock')
    writeFileSync(lock, '')
    const holder = spawn('/usr/bin/flock', ['--no-fork', lock, 'sleep', '30'])
    try {
      await once(holder, 'spawn')
      await expect.poll(() => readFileSync('/proc/locks', 'utf8')).toContain(` ${String(holder.pid)} `)

      expect(b.run(`set -eu\n${waitForApt(1, [lock]).text}`)).toMatchObject({
        code: 1,
        stderr: `waited 1 s for the package manager; held by process ${String(holder.pid)}: sleep 30 \n`,
      })
    } finally {
      holder.kill()
      await once(holder, 'exit')
    }
  })
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

    expect(cycle.diff()).toBe('is not there')
    const original = cycle.apply()
    expect(cycle.diff()).toBeUndefined()
    await expect(readFileSync(join(b.root, 'd/kubernetes.sources'), 'utf8')).toMatchFileSnapshot(
      'golden/kubernetes.sources',
    )
    cycle.undo(original)

    expect(existsSync(join(b.root, 'd/kubernetes.sources'))).toBe(false)
  })

  test('with another key than the pinned one is refused before anything is touched', () => {
    expect(() => packageRepository({...spec, keyFingerprint: FINGERPRINT.replace('F', '0')})).toThrow(KadmError)
  })
})
