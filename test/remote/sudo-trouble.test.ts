import {describe, expect, test} from 'vitest'
import {isLimited} from '../../src/remote/supervisor/sudo-rights.ts'
import {notBegun} from '../../src/remote/supervisor/sudo-trouble.ts'

/** As OpenSSH 9.2 and 10.0, Linux-PAM 1.5 and 1.7, sudo 1.9.13 and 1.9.16, sudo-rs 0.2, bash 5 and cloud images have it. */
test.each([
  ['sudo: a password is required', 'sudo requires a password from ubuntu'],
  ['sudo: interactive authentication is required', 'sudo requires a password from ubuntu'],
  ['sudo-rs: interactive authentication is required', 'sudo requires a password from ubuntu'],
  [
    'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\nsudo: a password is required',
    'sudo requires a password from ubuntu',
  ],
  [
    'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt',
    'the sudo password of ubuntu is wrong',
  ],
  ['sudo: Authentication failed, try again.', 'the sudo password of ubuntu is wrong'],
  ['ubuntu is not in the sudoers file.  This incident will be reported.', 'ubuntu is not allowed to become root'],
  ['ubuntu is not in the sudoers file.', 'ubuntu is not allowed to become root'],
  [
    "Sorry, user ubuntu is not allowed to execute '/usr/bin/timeout' as root on lab.",
    'ubuntu is not allowed to become root',
  ],
  ['Sorry, user ubuntu may not run sudo on lab.', 'ubuntu is not allowed to become root'],
  ["sudo: I'm sorry ubuntu. I'm afraid I can't do that", 'ubuntu is not allowed to become root'],
  ['sudo: sorry, you must have a tty to run sudo', 'sudo requires a terminal (requiretty)'],
  ["env: 'sudo': No such file or directory", 'sudo is not installed on this machine'],
  ['env: ‘sudo’: No such file or directory', 'sudo is not installed on this machine'],
  ["env: 'timeout': No such file or directory", 'the program timeout is not installed on this machine'],
  ['bash: line 1: exec: env: not found', 'the program env is not installed on this machine'],
  ['sudo: timeout: command not found', 'sudo cannot find timeout: its secure_path does not contain the usual folders'],
  [
    "sudo: 'timeout': command not found",
    'sudo cannot find timeout: its secure_path does not contain the usual folders',
  ],
  [
    'sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set',
    'sudo cannot become root on this machine (its setuid bit has no effect)',
  ],
  [
    "sudo: effective uid is not 0, is /usr/bin/sudo on a file system with the 'nosuid' option set or an NFS file system without root privileges?",
    'sudo cannot become root on this machine (its setuid bit has no effect)',
  ],
  [
    'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.',
    'sudo cannot become root on this machine (its setuid bit has no effect)',
  ],
  [
    '/etc/sudoers.d/kadm:1:8: syntax error\nsudo: a password is required',
    'sudo cannot read its configuration on this machine',
  ],
  [
    'sudo: /etc/sudoers is world writable\nsudo: no valid sudoers sources found, quitting',
    'sudo cannot read its configuration on this machine',
  ],
  ['sudo: /etc/sudoers is owned by uid 1000, should be 0', 'sudo cannot read its configuration on this machine'],
  [
    'WARNING: Your password has expired.\nPassword change required but no TTY available.',
    'the password of ubuntu has expired and must be changed first',
  ],
  [
    'You are required to change your password immediately (administrator enforced).',
    'the password of ubuntu has expired and must be changed first',
  ],
  [
    'sudo: Account or password is expired, reset your password and try again',
    'the password of ubuntu has expired and must be changed first',
  ],
  [
    'Your account has expired; please contact your system administrator.',
    'the account of ubuntu has expired or is locked',
  ],
  ['sudo: account validation failure, is your account locked?', 'the account of ubuntu has expired or is locked'],
  [
    'sudo: Account expired or PAM config lacks an "account" section for sudo, contact your system administrator',
    'the account of ubuntu has expired or is locked',
  ],
  [
    'Please login as the user "debian" rather than the user "ubuntu".',
    'the machine does not allow logins as ubuntu; it names the user debian instead',
  ],
  [
    'Please login as the "ec2-user" user rather than the root user.',
    'the machine does not allow logins as ubuntu; it names the user ec2-user instead',
  ],
  [
    'Please login as the user NONE rather than the user "root".',
    'the machine does not allow logins as ubuntu; it names the user NONE instead',
  ],
  ['This account is currently not available.', 'the login shell of ubuntu does not allow logins (nologin)'],
  [
    'System is booting up. Unprivileged users are not permitted to log in yet. Please come back later. For technical details, see pam_nologin(8).',
    'the machine is starting or shutting down and allows only root to log in',
  ],
  ['bash: line 1: exec: restricted', 'the login shell of ubuntu is restricted and does not run programs by path'],
  ['rbash: line 1: exec: restricted', 'the login shell of ubuntu is restricted and does not run programs by path'],
  [
    "rbash: line 1: /usr/bin/env: restricted: cannot specify `/' in command names",
    'the login shell of ubuntu is restricted and does not run programs by path',
  ],
  [
    'This service allows sftp connections only.',
    'the machine allows ubuntu only to transfer files, not to run commands',
  ],
  [
    'fatal: Interactive git shell is not enabled.',
    'the machine allows ubuntu only to transfer files, not to run commands',
  ],
  [
    'open terminal failed: not a terminal',
    "a startup file of ubuntu's login shell starts a program that needs a terminal (tmux, screen)",
  ],
  ["There were too many logins for 'ubuntu'.", 'ubuntu has too many open sessions'],
  ['bash: fork: retry: Resource temporarily unavailable', 'the machine cannot start another process'],
  ['-bash: fork: Cannot allocate memory', 'the machine cannot start another process'],
  ['sudo: unable to fork: Resource temporarily unavailable', 'the machine cannot start another process'],
  ['dash: 1: Cannot fork', 'the machine cannot start another process'],
  ['Welcome to the menu', 'the machine did not start a shell for ubuntu'],
])('%s', (said, message) => {
  const greeting = 'Debian GNU/Linux 12\nsudo: unable to resolve host lab: Name or service not known\n'

  expect(notBegun('master', 'ubuntu', {said: greeting + said, code: 1})).toMatchObject({
    code: 'connect',
    host: 'master',
    message,
    evidence: expect.stringContaining(said) as string,
    hint: expect.stringMatching(/\w/) as string,
  })
})

describe('a shell that ends without a word', () => {
  test.each([0, 1])('with code %i is reported with its code, and where to look', code => {
    expect(notBegun('master', 'ubuntu', {said: ' \n', code})).toMatchObject({
      message: 'the login shell of ubuntu ended before it ran a command',
      evidence: `it printed nothing and ended with exit code ${String(code)}`,
      hint: expect.stringContaining('~/.bashrc') as string,
    })
  })
})

const list = (...entries: readonly string[]): string =>
  [
    'Matching Defaults entries for ubuntu on m:',
    '    env_reset, secure_path=/usr/sbin\\:/usr/bin, use_pty',
    '',
    'User ubuntu may run the following commands on m:',
    ...entries.map(entry => `    ${entry}`),
    '',
  ].join('\n')

describe('what sudo lists', () => {
  test.each([
    [list('(root) NOPASSWD: /usr/bin/apt'), true],
    [list('(root) NOPASSWD: /usr/bin/apt, /usr/bin/ALL', '(root) /usr/bin/systemctl'), true],
    [list('(postgres) ALL', '(root) NOPASSWD: /usr/bin/apt'), true],
    [list('(root) NOPASSWD: /usr/bin/apt', '(ALL : ALL) ALL'), false],
    [list('(ALL) NOPASSWD: ALL'), false],
    [list('(root) NOPASSWD: SETENV: ALL, !/bin/su'), false],
    [list('(ALL, !www-data) ALL'), false],
    ['sudo: a password is required', false],
    ['', false],
  ])('%j limits: %j', (text, limited) => {
    expect(isLimited(text)).toBe(limited)
  })

  test('ends the asking for a password that would not help', () => {
    const said = 'sudo: a password is required'

    expect(notBegun('m', 'ubuntu', {said, code: 1, rights: list('(root) NOPASSWD: /usr/bin/apt')})).toMatchObject({
      message: 'ubuntu can run some programs with sudo, but not those that kadm needs',
      evidence: expect.stringContaining('/usr/bin/apt') as string,
    })
    expect(notBegun('m', 'ubuntu', {said, code: 1, rights: list('(ALL : ALL) ALL')})).toMatchObject({
      message: 'sudo requires a password from ubuntu',
    })
  })
})

test('names of a directory service are written as sudoers wants them', () => {
  const {hint} = notBegun('m', 'CORP\\alice@x', {said: 'sudo: a password is required', code: 1})

  expect(hint).toContain("'CORP\\\\alice\\@x ALL=(ALL) NOPASSWD:ALL'")
})
