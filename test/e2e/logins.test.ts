import {execFileSync} from 'node:child_process'
import {copyFile, mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {startSlowLink} from '../contract/servers/slow-link.ts'
import {onTerminal, type Typed} from './on-terminal.ts'
import {refusedIn, type Refused} from './refused.ts'
import {machineOf} from './ssh.ts'
import {testLab, type KadmOptions, type TestLab} from './test-lab.ts'

const PASSWORD = 'open-sesame 4711'
const PASSPHRASE = 'a long way home'
const PORT = 2222

/** Understands words and single quotes and nothing else of sh, greets on both streams, and talks back. */
const STRANGE_SHELL = String.raw`#!/usr/bin/perl
$| = 1;
print "Welcome, stranger!\n";
print STDERR "strange: you have mail\n";
my $line = $ARGV[1];
exit 0 unless defined $line;
$line =~ s/^exec //;
my @words;
while ($line =~ /\G\s*(?:'([^']*)'|([\w=\/.-]+))/gc) { push @words, defined $1 ? $1 : $2 }
if ($line =~ /\G\s*\S/) { print STDERR "strange: unknown syntax\n"; exit 2 }
exec @words;
`

describe('logging in as people do', () => {
  let lab: TestLab
  let refused: Refused
  /** Knows both machines, at whatever port. */
  let known = ''

  beforeAll(async () => {
    lab = await testLab('e2e-logins', ['inner', 'jump'])
    refused = refusedIn(lab)
    const keys = (await readFile(lab.lab.knownHostsFile, 'utf8')).trim().split('\n')
    const elsewhere = keys.map(line => line.replace(/^\S+/, address => `[${address}]:${String(PORT)}`))
    known = await lab.write('known', [...keys, ...elsewhere, ''].join('\n'))
  })
  afterAll(() => lab.down())

  const root = (machine: string, script: string): Promise<string> => lab.must(machine, 'sudo sh -eu', script)
  const at = (user: string): string => `${user}@${lab.address('inner')}`
  const login = (): readonly string[] => ['-i', lab.lab.keyFile, '--known-hosts', known]
  const bare = (args: readonly string[], options: KadmOptions = {}) => lab.kadm(args, {...options, bare: true})
  const typing = (args: readonly string[], ...typed: readonly Typed[]) =>
    onTerminal({args, typed, cwd: lab.home, env: {PATH: process.env['PATH'] ?? '', HOME: lab.home, LANG: 'C.UTF-8'}})
  /** The smallest change there is: it proves that root was reached, and is undone. */
  const change = (target: string): readonly string[] => [
    'init',
    target,
    '--bundle',
    lab.bundleDir,
    '--only',
    'prepare/kernel',
    '--ignore-preflight-errors',
    'all',
    '--json',
  ]
  const restoreFile = (target: string): readonly string[] => ['reset', target, '--yes', '--json']
  const addUser = (name: string, shell: string): Promise<string> =>
    root(
      'inner',
      `useradd -m -s ${shell} ${name}; cp -r ~ubuntu/.ssh ~${name}/; chown -R ${name}: ~${name}/.ssh
echo '${name}:${PASSWORD}' | chpasswd`,
    )

  describe('with a sudo that wants a password', () => {
    beforeAll(async () => {
      await addUser('typist', '/bin/bash')
      await root(
        'inner',
        `echo 'typist ALL=(ALL) ALL' >/etc/sudoers.d/typist
umask 077; printf '%s\n' '${PASSWORD}' >/root/secret; : >/root/seen
systemd-run -q --unit=watch sh -c 'while :; do grep -lsaF -f /root/secret /proc/[0-9]*/cmdline /proc/[0-9]*/environ >>/root/seen; sleep 0.05; done'`,
      )
    })
    afterAll(() =>
      root('inner', 'systemctl stop watch; rm /root/secret /root/seen; userdel -rf typist; rm /etc/sudoers.d/typist'),
    )

    it('the watch for it there sees a password that is an argument', async () => {
      await root('inner', `sh -c 'sleep 2; :' "$(cat /root/secret)"`)

      expect(await root('inner', 'cat /root/seen; : >/root/seen')).toMatch(/^\/proc\/\d+\/cmdline/)
    })

    it('from the environment, a machine is changed and put back, and no command line or environment there ever held it', async () => {
      const env = {KADM_SUDO_PASSWORD: PASSWORD}

      const changed = await lab.kadm(change(at('typist')), {env})
      const back = await lab.kadm(restoreFile(at('typist')), {env})

      expect([changed.code, back.code]).toEqual([0, 0])
      expect(await root('inner', 'cat /root/seen')).toBe('')
      expect(changed.stdout + changed.stderr + back.stdout + back.stderr).not.toContain(PASSWORD)
    })

    it('typed at the prompt of -K, unseen', async () => {
      const {code, screen} = await typing(['preflight', at('typist'), '-K', ...login()], {
        question: /password for sudo:/,
        answer: PASSWORD,
      })

      expect(screen).toMatch(/checks: /)
      expect(code).toBe(0)
      expect(screen).not.toContain(PASSWORD)
    })
  })

  it('whose shell greets, talks on stderr and knows nothing of sh', async () => {
    await lab.must(
      'inner',
      'sudo tee /usr/local/bin/strange >/dev/null; sudo chmod 755 /usr/local/bin/strange',
      STRANGE_SHELL,
    )
    await addUser('stranger', '/usr/local/bin/strange')
    await root('inner', `echo 'stranger ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/stranger`)

    const changed = await lab.kadm(change(at('stranger')))
    const back = await lab.kadm(restoreFile(at('stranger')))
    await root('inner', 'userdel -rf stranger; rm /etc/sudoers.d/stranger /usr/local/bin/strange')

    expect([changed.code, back.code]).toEqual([0, 0])
  })

  describe('with a key that is locked', () => {
    let locked = ''
    beforeAll(async () => {
      locked = join(lab.home, 'locked')
      await copyFile(lab.lab.keyFile, locked)
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', PASSPHRASE, '-f', locked])
    })
    const args = (): readonly string[] => ['preflight', at('ubuntu'), '-i', locked, '--known-hosts', known]

    it('its passphrase comes from the environment, or is typed unseen', async () => {
      const given = await bare(args(), {env: {KADM_KEY_PASSPHRASE: PASSPHRASE}})
      const {code, screen} = await typing(args(), {question: /passphrase of .*locked:/, answer: PASSPHRASE})

      expect([given.code, code]).toEqual([0, 0])
      expect(screen).not.toContain(PASSPHRASE)
    })

    it('where nobody can be asked the variable is named, and a wrong one is reported', async () => {
      const none = await refused(args(), {bare: true})
      const wrong = await refused(args(), {bare: true, env: {KADM_KEY_PASSPHRASE: 'no'}})

      expect(none).toMatchObject({code: 2, text: expect.stringContaining('KADM_KEY_PASSPHRASE') as unknown})
      expect(wrong).toMatchObject({
        code: 4,
        text: expect.stringContaining('wrong passphrase') as unknown,
      })
    })
  })

  describe('at another port, which only a jump host reaches', () => {
    beforeAll(async () => {
      await root(
        'inner',
        `printf 'Port 22\nPort ${String(PORT)}\n' >/etc/ssh/sshd_config.d/20-ports.conf; systemctl restart ssh
nft -f - <<'END'
table inet inner-only {
  chain input {
    type filter hook input priority 0
    tcp dport ${String(PORT)} ip saddr != ${lab.address('jump')} reject with tcp reset
  }
}
END`,
      )
    })
    afterAll(() =>
      root('inner', 'nft delete table inet inner-only; rm /etc/ssh/sshd_config.d/20-ports.conf; systemctl restart ssh'),
    )
    const inner = (): string => `${at('ubuntu')}:${String(PORT)}`

    it('not without it', async () => {
      const {code, text} = await refused(['preflight', inner(), ...login()], {bare: true})

      expect(code).toBe(4)
      expect(text).toContain(`refused the connection: no SSH server is listening`)
    })

    it('by the flags -J and --ssh-port, with the key of -i for both', async () => {
      const args = [at('ubuntu'), '--ssh-port', String(PORT), '-J', lab.target('jump')]

      const seen = await bare(['preflight', ...args, ...login()])
      const changed = await bare([...change(inner()), '-J', lab.target('jump'), ...login()])
      const back = await bare([...restoreFile(inner()), '-J', lab.target('jump'), ...login()])

      expect([seen.code, changed.code, back.code], seen.stderr + changed.stdout).toEqual([0, 0, 0])
    })

    it('by names, ports and ProxyJump in the SSH configuration', async () => {
      await mkdir(join(lab.home, '.ssh'), {mode: 0o700})
      const host = (name: string, machine: string, ...more: readonly string[]): string =>
        [
          `Host ${name}`,
          `HostName ${lab.address(machine)}`,
          `User ${machineOf(lab.lab, machine).user}`,
          ...more,
          '',
        ].join('\n')
      await writeFile(
        join(lab.home, '.ssh/config'),
        `${host('house', 'inner', `Port ${String(PORT)}`, 'ProxyJump gate')}${host('gate', 'jump')}Host *\nIdentityFile ${lab.lab.keyFile}\nUserKnownHostsFile ${known}\n`,
      )

      const {code, stdout, stderr} = await bare(['preflight', 'house'])
      await writeFile(join(lab.home, '.ssh/config'), '')

      expect(code, stdout + stderr).toBe(0)
    })

    it('by the words of the file', async () => {
      const file = await lab.write(
        'house.yaml',
        `apiVersion: kadm/v1
kind: Cluster
hosts:
- name: inner
  role: control-plane
  ssh: {address: ${lab.address('inner')}, port: ${String(PORT)}, user: ubuntu, jump: ${lab.target('jump')}, keyFile: ${lab.lab.keyFile}}
`,
      )

      const {code, stdout, stderr} = await bare(['preflight', '-f', file, '--known-hosts', known])

      expect(code, stdout + stderr).toBe(0)
    })
  })

  it('over a line of 30 KB a second and half a second there and back', async () => {
    const link = await startSlowLink({host: lab.address('inner'), port: 22}, {bytesPerSecond: 30_000, delayMs: 250})
    const there = `ubuntu@127.0.0.1:${String(link.port)}`
    const slow = ['-i', lab.lab.keyFile, '--known-hosts', await lab.write('slow', ''), '--accept-new-host-keys']

    const changed = await bare([...change(there), ...slow])
    const back = await bare([...restoreFile(there), ...slow])
    await link.stop()

    expect([changed.code, back.code], changed.stdout + back.stdout).toEqual([0, 0])
  })
})
