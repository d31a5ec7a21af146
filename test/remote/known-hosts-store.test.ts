import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, expect, test} from 'vitest'
import type {SshTarget} from '../../src/domain/cluster.ts'
import {knownHostsStore} from '../../src/remote/host-keys/known-hosts-store.ts'
import {nodeLocalMachine} from '../../src/remote/local/node-local-machine.ts'
import {sshConfigOf} from '../../src/remote/ssh-config/ssh-config.ts'

const made: string[] = []
afterEach(() => made.splice(0).forEach(folder => rmSync(folder, {recursive: true})))

const OLD = Buffer.from('old').toString('base64')
const NEW = {type: 'ssh-ed25519', blob: Buffer.from('new').toString('base64')}
const target = (changes: Partial<SshTarget> = {}): SshTarget => ({
  address: '10.0.0.12',
  port: undefined,
  user: undefined,
  keyFile: undefined,
  hostKey: undefined,
  jump: undefined,
  ...changes,
})

/** A store over a known_hosts file with these lines. */
function store(lines: readonly string[], config = '') {
  const home = mkdtempSync(join(tmpdir(), 'kadm-store-'))
  made.push(home)
  mkdirSync(join(home, '.ssh'))
  const file = join(home, '.ssh/known_hosts')
  writeFileSync(file, lines.map(line => `${line}\n`).join(''))
  chmodSync(file, 0o640)
  const read = (): readonly string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return {
    file,
    read,
    folder: join(home, '.ssh'),
    trust: knownHostsStore(nodeLocalMachine({HOME: home}), sshConfigOf(config)),
  }
}

test('a key that is learned is believed beside the old one, and once', async () => {
  const {trust, read} = store([`10.0.0.12 ssh-ed25519 ${OLD}`])

  await trust.learn(target(), [NEW])
  await trust.learn(target(), [NEW])

  expect(read()).toEqual([`10.0.0.12 ssh-ed25519 ${OLD}`, `10.0.0.12 ssh-ed25519 ${NEW.blob}`])
})

test('many machines that get new keys at once do not undo what was written for one another', async () => {
  const addresses = Array.from({length: 20}, (_, i) => `10.0.1.${String(i)}`)
  const {trust, read} = store(addresses.map(address => `${address} ssh-ed25519 ${OLD}`))

  await Promise.all(
    addresses.map(async address => {
      await trust.learn(target({address}), [NEW])
      await trust.keepOnly(target({address}), [NEW])
    }),
  )

  expect(read().toSorted()).toEqual(addresses.map(address => `${address} ssh-ed25519 ${NEW.blob}`).toSorted())
})

test('then no other is, of any type; what is said of other machines stays as it is', async () => {
  const others = ['# mine', `10.0.0.1 ssh-ed25519 ${OLD}`, `[10.0.0.12]:2222 ssh-ed25519 ${OLD}`, 'not readable']
  const {trust, read, file, folder} = store([
    ...others,
    `10.0.0.12 ssh-ed25519 ${OLD}`,
    `10.0.0.12 ssh-rsa ${OLD} a comment`,
    `10.0.0.12 ssh-ed25519 ${NEW.blob}`,
  ])

  expect(await trust.keepOnly(target(), [NEW])).toEqual([])

  expect(read()).toEqual([...others, `10.0.0.12 ssh-ed25519 ${NEW.blob}`])
  expect(statSync(file).mode & 0o777).toBe(0o640)
  expect(readdirSync(folder)).toEqual(['known_hosts'])
})

test('a line with several names keeps the others, and a pattern is left to a person, with a report', async () => {
  const {trust, read, file} = store([`worker-2,10.0.0.12,w2 ssh-ed25519 ${OLD}`, `10.0.0.* ssh-ed25519 ${OLD}`])

  expect(await trust.keepOnly(target(), [NEW])).toEqual([`${file}:2`])

  expect(read()).toEqual([`worker-2,w2 ssh-ed25519 ${OLD}`, `10.0.0.* ssh-ed25519 ${OLD}`])
})

test('a key that was revoked stays revoked', async () => {
  const {trust, read} = store([`@revoked 10.0.0.12 ssh-ed25519 ${OLD}`])

  await trust.keepOnly(target(), [NEW])

  expect(read()).toEqual([`@revoked 10.0.0.12 ssh-ed25519 ${OLD}`])
})

test('ports, aliases and jump hosts are those in the SSH configuration', async () => {
  const config = 'Host w2\n  HostName 10.0.0.12\n  Port 2222\n  HostKeyAlias second\n  ProxyJump gate\n'
  const {trust, read} = store([], config)

  await trust.learn(target({address: 'w2'}), [NEW])
  await trust.learn(target({port: 2200}), [NEW])

  expect(read()).toEqual([`second ssh-ed25519 ${NEW.blob}`, `[10.0.0.12]:2200 ssh-ed25519 ${NEW.blob}`])
  expect(await trust.portOf(target({address: 'w2'}))).toBe(2222)
  expect([await trust.isBehindJump(target({address: 'w2'})), await trust.isBehindJump(target())]).toEqual([true, false])
})
