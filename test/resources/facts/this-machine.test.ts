import {execFileSync} from 'node:child_process'
import {readdirSync} from 'node:fs'
import {hostname} from 'node:os'
import {expect, test} from 'vitest'
import {gatherScript, parseFacts} from '../../../src/resources/facts/parse-facts.ts'

const gather = (env: NodeJS.ProcessEnv): string =>
  execFileSync('sh', ['-s'], {input: gatherScript().text, encoding: 'utf8', env, timeout: 15_000})

test('the script runs on this machine and its output reads as facts', () => {
  const before = Date.now() / 1000
  const facts = parseFacts(gather(process.env))
  const after = Date.now() / 1000

  expect(facts.hostname).toBe(hostname())
  expect(facts.cpus).toBeGreaterThan(0)
  expect(facts.memoryBytes).toBeGreaterThan(100 * 1024 * 1024)
  expect(facts.kernel.release).toMatch(/^\d+\.\d+/)
  expect(facts.os.id).not.toBe('')
  expect(facts.effectiveUid).toBe(process.getuid?.())
  expect(facts.network.interfaces.map(link => link.kind)).toContain('loopback')
  expect(facts.disks.find(disk => disk.path === '/')?.totalBytes).toBeGreaterThan(0)
  expect(facts.commands).toEqual(expect.arrayContaining(['cp', 'stat']))
  expect(facts.clock.epochSeconds).toBeGreaterThan(before)
  expect(facts.clock.epochSeconds).toBeLessThan(after)
  expect(Object.keys(facts.sysctls)).toContain('net.ipv4.ip_forward')
})

test('the script leaves nothing behind and prints no secret of the environment', () => {
  const output = gather({...process.env, KADM_TEST_SECRET: 'do-not-show'})

  expect(output).not.toContain('do-not-show')
  expect(readdirSync('/var/lib').filter(name => name.startsWith('.kadm-probe'))).toEqual([])
})

test('a host that lacks every tool but the shell still gives complete, empty facts', () => {
  const script = gatherScript().text.replace(/PATH=\S+/, 'PATH=/nonexistent')
  const output = execFileSync('/bin/sh', ['-s'], {input: script, encoding: 'utf8', timeout: 15_000})
  const facts = parseFacts(output)

  expect(facts.commands).toEqual([])
  expect(facts.network.interfaces).toEqual([])
  expect(facts.disks).toEqual([])
  expect(facts.containerd.binary).toBeUndefined()
  expect(facts.fsyncMs).toBeUndefined()
})
