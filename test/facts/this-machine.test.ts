import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {hostname, tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {packageLockSection} from '../../src/facts/gather/packages.ts'
import {gatherScript, parseFacts} from '../../src/facts/parse-facts.ts'

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

test('who holds a lock on the package database is found by the inode alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-lock-'))
  const lock = join(folder, 'lock')
  const holder = spawn('perl', ['-e', HOLD_LOCK, lock], {stdio: ['pipe', 'pipe', 'inherit']})
  await once(holder.stdout, 'data')
  const script = packageLockSection.script.text.replaceAll(/\/var\/lib\/dpkg\/lock\b(?!-)/g, lock)

  const found = packageLockSection.parse(execFileSync('sh', ['-s'], {input: script, encoding: 'utf8', timeout: 15_000}))
  holder.stdin.end()
  await once(holder, 'close')
  rmSync(folder, {recursive: true})

  expect(found.lock).toMatchObject({pid: holder.pid, command: 'perl'})
  expect(found.lock?.ageSeconds).toBeLessThan(60)
})

/** Takes a lock as dpkg does (fcntl), and keeps it until its input ends. */
const HOLD_LOCK = String.raw`
use Fcntl qw(:DEFAULT F_WRLCK SEEK_SET);
open my $file, '>', $ARGV[0] or die;
my $range = pack('s s x![q] q q i x4', F_WRLCK, SEEK_SET, 0, 0, 0);
fcntl($file, F_SETLK, $range) or die $!;
$| = 1; print "held\n"; <STDIN>;
`
