import {execFileSync} from 'node:child_process'
import {existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {
  parseIdentity,
  stageIdentity,
  takeIdentity,
  type IdentityParts,
} from '../../src/resources/host/machine-identity.ts'
import type {Script} from '../../src/remote/shell/shell.ts'
import {workbenches} from './shell-runner.ts'

const bench = workbenches()
const BOTH = {machineId: true, hostKeys: true}
const OLD_ID = '0123456789abcdef0123456789abcdef'

/** A copied machine below a folder of its own. */
function clone(types: readonly string[] = ['ed25519', 'ecdsa']) {
  const b = bench()
  const at = (path: string): string => join(b.root, path)
  for (const folder of ['etc/ssh', 'var/lib/dbus', 'var/lib/systemd', 'var/lib/dhcp']) {
    mkdirSync(at(folder), {recursive: true})
  }
  writeFileSync(at('etc/machine-id'), `${OLD_ID}\n`)
  writeFileSync(at('var/lib/dbus/machine-id'), `${OLD_ID}\n`)
  writeFileSync(at('var/lib/systemd/random-seed'), 'seed')
  writeFileSync(at('var/lib/dhcp/dhclient.eth0.leases'), 'lease')
  for (const type of types) {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', at(`etc/ssh/ssh_host_${type}_key`)])
  }
  const here = (script: Script): string => script.text.replaceAll(/(?<![\w$}])\/(etc|var)\//g, `${b.root}/$1/`)
  const run = (script: Script): string => {
    const result = b.run(here(script))
    if (result.code !== 0) throw new Error(result.stderr)
    return result.stdout
  }
  return {
    at,
    read: (path: string) => readFileSync(at(path), 'utf8'),
    renew: (parts: IdentityParts) => {
      const made = parseIdentity(run(stageIdentity(parts, 'worker-2')))
      return {made, take: () => run(takeIdentity(parts))}
    },
  }
}

test('nothing is in force until it is taken', () => {
  const {read, renew, at} = clone()
  const before = read('etc/ssh/ssh_host_ed25519_key.pub')

  const {made} = renew(BOTH)

  expect(read('etc/machine-id')).toBe(`${OLD_ID}\n`)
  expect(read('etc/ssh/ssh_host_ed25519_key.pub')).toBe(before)
  expect(made.machineId).toMatch(/^[0-9a-f]{32}$/)
  expect(made.bootId).toMatch(/^[0-9a-f-]{36}$/)
  expect(statSync(at('etc/ssh/.kadm-identity')).mode & 0o777).toBe(0o700)
})

test('the choice of the user is used: an id, and a key of each type that was there', () => {
  const {read, renew, at} = clone()
  const before = read('etc/ssh/ssh_host_ed25519_key.pub')

  const {made, take} = renew(BOTH)
  take()

  expect(read('etc/machine-id')).toBe(`${made.machineId}\n`)
  expect(made.machineId).not.toBe(OLD_ID)
  expect(made.hostKeys.map(({type}) => type)).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519'])
  for (const [name, key] of [
    ['ecdsa', made.hostKeys[0]],
    ['ed25519', made.hostKeys[1]],
  ] as const) {
    const file = at(`etc/ssh/ssh_host_${name}_key`)
    expect(read(`etc/ssh/ssh_host_${name}_key.pub`)).toBe(`${key?.type ?? ''} ${key?.blob ?? ''} root@worker-2\n`)
    expect(execFileSync('ssh-keygen', ['-y', '-f', file], {encoding: 'utf8'})).toContain(key?.blob)
    expect(execFileSync('ssh-keygen', ['-lf', `${file}.pub`], {encoding: 'utf8'})).toContain(key?.fingerprint)
    expect([statSync(file).mode & 0o777, statSync(`${file}.pub`).mode & 0o777]).toEqual([0o600, 0o644])
  }
  expect(read('etc/ssh/ssh_host_ed25519_key.pub')).not.toBe(before)
  expect(existsSync(at('etc/ssh/.kadm-identity'))).toBe(false)
})

test('what else was copied with the disk goes: the D-Bus id, the seed of chance, leases', () => {
  const {renew, at} = clone()

  renew(BOTH).take()

  expect(lstatSync(at('var/lib/dbus/machine-id')).isSymbolicLink()).toBe(true)
  expect(readlinkSync(at('var/lib/dbus/machine-id'))).toMatch(/\/etc\/machine-id$/)
  expect(statSync(at('etc/machine-id')).mode & 0o777).toBe(0o444)
  expect(existsSync(at('var/lib/systemd/random-seed'))).toBe(false)
  expect(existsSync(at('var/lib/dhcp/dhclient.eth0.leases'))).toBe(false)
})

test('a key that is not a copy stays, and is reported as it is', () => {
  const {read, renew} = clone()
  const before = read('etc/ssh/ssh_host_ed25519_key.pub')

  const {made, take} = renew({machineId: true, hostKeys: false})
  take()

  expect(read('etc/ssh/ssh_host_ed25519_key.pub')).toBe(before)
  expect(before).toContain(made.hostKeys[1]?.blob)
  expect(read('etc/machine-id')).not.toBe(`${OLD_ID}\n`)
})

test('an id that is not a copy stays', () => {
  const {read, renew} = clone(['ed25519'])

  renew({machineId: false, hostKeys: true}).take()

  expect(read('etc/machine-id')).toBe(`${OLD_ID}\n`)
})

test('a second attempt after one that was cut off starts from the beginning', () => {
  const {read, renew} = clone(['ed25519'])

  const first = renew(BOTH).made
  const second = renew(BOTH)
  second.take()

  expect(second.made.machineId).not.toBe(first.machineId)
  expect(read('etc/machine-id')).toBe(`${second.made.machineId}\n`)
})
