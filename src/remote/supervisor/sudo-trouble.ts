import {KadmError} from '../../domain/errors.ts'
import {isLimited} from './sudo-rights.ts'

interface Trouble {
  readonly words: RegExp
  readonly message: (user: string, found: RegExpExecArray) => string
  readonly hint: (user: string, found: RegExpExecArray) => string
}

/** sudoers wants a backslash before what is special in it, as in the names of a directory service. */
const inSudoers = (user: string): string => user.replace(/[\\@ ,:=!()]/g, '\\$&')
const withoutPassword = (user: string): string => `${inSudoers(user)} ALL=(ALL) NOPASSWD:ALL`

/** What sshd, PAM, login shells and cloud images say when no command is run, and what they mean. */
const LOGIN_TROUBLES: readonly Trouble[] = [
  {
    words:
      /password (has|is) expired|password change required|required to change your password|Account or password is expired|Authentication token is no longer valid/i,
    message: user => `the password of ${user} has expired and must be changed first`,
    hint: user =>
      `log in once with 'ssh ${user}@HOST' and set a new password, or run on the machine as root: chage -d "$(date +%F)" ${user}`,
  },
  {
    words:
      /account (has|is) expired|Account expired or PAM config|account validation failure|User account has expired/i,
    message: user => `the account of ${user} has expired or is locked`,
    hint: user => `run 'chage -l ${user}' on the machine as root, then remove the expiry date: chage -E -1 ${user}`,
  },
  {
    words: /Please (?:login|log in|ssh) as (?:the )?(?:user )?["']?([\w.-]+?)["']?(?: user)? rather than/i,
    message: (user, [, other = '']) =>
      `the machine does not allow logins as ${user}; it names the user ${other} instead`,
    hint: (_, [, other = '']) => `log in as ${other}: use ${other}@HOST or --ssh-user ${other}`,
  },
  {
    words: /This account is currently not available|account is (?:not available|disabled)/i,
    message: user => `the login shell of ${user} does not allow logins (nologin)`,
    hint: user => `log in as another user, or set another shell on the machine as root: usermod -s /bin/bash ${user}`,
  },
  {
    words: /System is booting up|pam_nologin|System is going down|Unprivileged users are not permitted to log in/i,
    message: () => 'the machine is starting or shutting down and allows only root to log in',
    hint: () =>
      'wait until the machine has started (see /run/nologin and /etc/nologin on it), then run the same command again',
  },
  {
    words: /exec: restricted|: restricted(?:$|\n|: cannot specify)|restricted shell/i,
    message: user => `the login shell of ${user} is restricted and does not run programs by path`,
    hint: user => `log in as another user, or set another shell on the machine as root: usermod -s /bin/bash ${user}`,
  },
  {
    words: /allows? sftp connections only|Interactive git shell is not enabled|git-shell|rssh|scponly/i,
    message: user => `the machine allows ${user} only to transfer files, not to run commands`,
    hint: () => 'log in as another user, or remove ForceCommand from /etc/ssh/sshd_config on the machine',
  },
  {
    words: /not a terminal|not a tty|must be run (?:from|in) a terminal|TERM environment variable not set/i,
    message: user => `a startup file of ${user}'s login shell starts a program that needs a terminal (tmux, screen)`,
    hint: () => SHELL_FILES,
  },
  {
    words: /too many logins for/i,
    message: user => `${user} has too many open sessions`,
    hint: () => 'close other sessions, or increase maxlogins in /etc/security/limits.conf on the machine',
  },
  {
    words:
      /(?:cannot|can't|unable to) fork|fork(?:ing)?(?: failed)?: .*|Resource temporarily unavailable|Cannot allocate memory/i,
    message: () => 'the machine cannot start another process',
    hint: user =>
      `its process table or memory is full, or ${user} has reached the process limit (nproc): run 'ps -eLf | wc -l' and 'free -m' on the machine`,
  },
  {
    words: /No space left on device/i,
    message: () => 'the disk of the machine is full, so it cannot start a shell',
    hint: () => "free some space on the machine first: see 'df -h' and 'df -i'",
  },
]

/** The files that decide what becomes of a command before it runs. */
export const SHELL_FILES =
  'look in ~/.bashrc, ~/.zshenv, ~/.profile and /etc/profile.d on the machine for exec, exit, read or tmux, and run them only in a terminal: [ -t 0 ]'

/** What sudo (1.8 to 1.9) and sudo-rs say in the C locale, most telling first. */
const SUDO_TROUBLES: readonly Trouble[] = [
  {
    words: /must have a tty/i,
    message: () => 'sudo requires a terminal (requiretty)',
    hint: user =>
      `allow ${user} to use sudo without a terminal: add 'Defaults:${inSudoers(user)} !requiretty' to /etc/sudoers.d/kadm`,
  },
  {
    words: /setuid bit set|effective uid is not 0|no new privileges|nosuid|must be setuid root/i,
    message: () => 'sudo cannot become root on this machine (its setuid bit has no effect)',
    hint: () =>
      "log in as root, or run 'chmod 4755 /usr/bin/sudo' on the machine as root, and check that its file system is not mounted with nosuid",
  },
  {
    words:
      /syntax error|parse error in|no valid sudoers sources|sudoers? .*(?:owned by uid|world writable|bad permissions)|invalid sudoers|unable to (?:open|stat|initialize) .*sudoers/i,
    message: () => 'sudo cannot read its configuration on this machine',
    hint: () => "run 'visudo -c' on the machine as root to find the error",
  },
  {
    words: /(?:sudo|sudo-rs): .?(timeout|sh|\/bin\/sh|true).?: command not found/i,
    message: (_, [, program = '']) => `sudo cannot find ${program}: its secure_path does not contain the usual folders`,
    hint: () =>
      'add \'Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\' to /etc/sudoers.d/kadm',
  },
  {
    words: /not in the sudoers file|may not run sudo|is not allowed to|I'm afraid I can't do that|User .* unknown/i,
    message: user => `${user} is not allowed to become root`,
    hint: user => `log in as a user that can use sudo, or run on the machine as root: usermod -aG sudo ${user}`,
  },
  {
    words: /(?:env|exec)?:? .?sudo.?: (?:No such file|not found|command not found)/i,
    message: () => 'sudo is not installed on this machine',
    hint: () => 'log in as root, or install the package sudo on the machine',
  },
  {
    words: /(?:env|exec): .?(env|timeout).?: (?:No such file|not found|cannot execute)/i,
    message: (_, [, program = '']) => `the program ${program} is not installed on this machine`,
    hint: () =>
      'install the package coreutils on the machine, and check that the PATH of the login user contains /usr/bin',
  },
  {
    words: /Sorry, try again|incorrect (password|authentication) attempt|Authentication failed|incorrect password/i,
    message: user => `the sudo password of ${user} is wrong`,
    hint: () => 'run the same command again and enter the correct sudo password',
  },
  {
    words: /a password is required|no password was provided|authentication (is )?required|a terminal is required/i,
    message: user => `sudo requires a password from ${user}`,
    hint: user =>
      `run the same command with --ask-sudo-password, or allow ${user} to use sudo without a password: add '${withoutPassword(user)}' to /etc/sudoers.d/kadm`,
  },
]

export interface Unbegun {
  /** What came on both streams in place of the script's output. */
  readonly said: string
  readonly code: number
  /** What `sudo -n -l` prints, where that was asked. */
  readonly rights?: string | undefined
}

/** Whether it is worth asking sudo what the user may do: it asks for a password before it looks at that. */
export const asksForRights = ({said}: Unbegun): boolean =>
  /a password is required|authentication (is )?required|a terminal is required|is not allowed to|I'm afraid I can't/i.test(
    said,
  )

/** Why a script did not even begin, judged by what was said before it should have. */
export function notBegun(host: string, user: string, unbegun: Unbegun): KadmError {
  const {said, rights} = unbegun
  if (rights !== undefined && isLimited(rights) && asksForRights(unbegun))
    return new KadmError('connect', `${user} can run some programs with sudo, but not those that kadm needs`, {
      host,
      hint: `allow ${user} to run all programs: add '${withoutPassword(user)}' to /etc/sudoers.d/kadm; or log in as another user`,
      evidence: `${said.trim()}\n${rights.trim()}`,
    })
  for (const {words, message, hint} of [...LOGIN_TROUBLES, ...SUDO_TROUBLES]) {
    const found = words.exec(said)
    if (found !== null)
      return new KadmError('connect', message(user, found), {host, hint: hint(user, found), evidence: said.trim()})
  }
  return said.trim() === '' ? endedSilently(host, user, unbegun) : unknown(host, user, unbegun)
}

const endedSilently = (host: string, user: string, {code}: Unbegun): KadmError =>
  new KadmError('connect', `the login shell of ${user} ended before it ran a command`, {
    host,
    hint:
      code === 0
        ? SHELL_FILES
        : `check the shell on the machine (getent passwd ${user}; /bin/false does not allow logins), and ${SHELL_FILES}`,
    evidence: `it printed nothing and ended with exit code ${String(code)}`,
  })

const unknown = (host: string, user: string, {said}: Unbegun): KadmError =>
  new KadmError('connect', `the machine did not start a shell for ${user}`, {
    host,
    hint: `run 'ssh ${user}@HOST sudo -n env true'; if it fails, check ForceCommand in the machine's sshd_config and the startup files of the login shell`,
    evidence: said.trim(),
  })
