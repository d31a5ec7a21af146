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
      `log in once with 'ssh ${user}@HOST' and set a new password, or as root there: chage -d "$(date +%F)" ${user}`,
  },
  {
    words:
      /account (has|is) expired|Account expired or PAM config|account validation failure|User account has expired/i,
    message: user => `the account of ${user} has expired or is locked`,
    hint: user => `as root there, see 'chage -l ${user}', and let it last again: chage -E -1 ${user}`,
  },
  {
    words: /Please (?:login|log in|ssh) as (?:the )?(?:user )?["']?([\w.-]+?)["']?(?: user)? rather than/i,
    message: (user, [, other = '']) => `the machine lets nobody log in as ${user}, and names ${other} instead`,
    hint: (_, [, other = '']) => `log in as ${other}: write ${other}@HOST, or give --ssh-user ${other}`,
  },
  {
    words: /This account is currently not available|account is (?:not available|disabled)/i,
    message: user => `the login shell of ${user} lets nobody in (nologin)`,
    hint: user => `log in as another user, or as root there give it a shell: usermod -s /bin/bash ${user}`,
  },
  {
    words: /System is booting up|pam_nologin|System is going down|Unprivileged users are not permitted to log in/i,
    message: () => 'the machine is starting or shutting down and lets only root in',
    hint: () =>
      'wait until it has started (see /run/nologin and /etc/nologin there), then run the same kadm command again',
  },
  {
    words: /exec: restricted|: restricted(?:$|\n|: cannot specify)|restricted shell/i,
    message: user => `the login shell of ${user} is a restricted one and runs no program by its path`,
    hint: user => `log in as another user, or as root there give it an ordinary shell: usermod -s /bin/bash ${user}`,
  },
  {
    words: /allows? sftp connections only|Interactive git shell is not enabled|git-shell|rssh|scponly/i,
    message: user => `the machine lets ${user} transfer files only and runs no command`,
    hint: () => 'log in as another user, or take ForceCommand out of its /etc/ssh/sshd_config',
  },
  {
    words: /not a terminal|not a tty|must be run (?:from|in) a terminal|TERM environment variable not set/i,
    message: user => `a file of the login shell of ${user} starts a program that wants a terminal (tmux, screen)`,
    hint: () => SHELL_FILES,
  },
  {
    words: /too many logins for/i,
    message: user => `${user} is logged in too often already`,
    hint: () => 'end other sessions, or raise maxlogins in /etc/security/limits.conf there',
  },
  {
    words:
      /(?:cannot|can't|unable to) fork|fork(?:ing)?(?: failed)?: .*|Resource temporarily unavailable|Cannot allocate memory/i,
    message: () => 'the machine can start no further process',
    hint: user =>
      `its process table or memory is full, or the limit of ${user} (nproc) is reached: look at 'ps -eLf | wc -l' and 'free -m' there`,
  },
  {
    words: /No space left on device/i,
    message: () => 'the machine has no disk space left to start a shell',
    hint: () => "free some space there first: look at 'df -h' and 'df -i'",
  },
]

/** The files that decide what becomes of a command before it runs. */
export const SHELL_FILES =
  'look in ~/.bashrc, ~/.zshenv, ~/.profile and /etc/profile.d there for exec, exit, read or tmux, and let them do so in a terminal only: [ -t 0 ]'

/** What sudo (1.8 to 1.9) and sudo-rs say in the C locale, most telling first. */
const SUDO_TROUBLES: readonly Trouble[] = [
  {
    words: /must have a tty/i,
    message: () => 'sudo insists on a terminal (requiretty)',
    hint: user =>
      `let ${user} use sudo without one: put 'Defaults:${inSudoers(user)} !requiretty' into /etc/sudoers.d/kadm`,
  },
  {
    words: /setuid bit set|effective uid is not 0|no new privileges|nosuid|must be setuid root/i,
    message: () => 'sudo cannot become root on this machine (its setuid bit does not count)',
    hint: () =>
      'log in as root, or as root there: chmod 4755 /usr/bin/sudo, and see that its file system is not mounted nosuid',
  },
  {
    words:
      /syntax error|parse error in|no valid sudoers sources|sudoers? .*(?:owned by uid|world writable|bad permissions)|invalid sudoers|unable to (?:open|stat|initialize) .*sudoers/i,
    message: () => 'sudo cannot use its configuration on this machine',
    hint: () => 'as root there, find the fault with: visudo -c',
  },
  {
    words: /(?:sudo|sudo-rs): .?(timeout|sh|\/bin\/sh|true).?: command not found/i,
    message: (_, [, program = '']) => `sudo finds no ${program}: its secure_path lacks the usual folders`,
    hint: () =>
      'put \'Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\' into /etc/sudoers.d/kadm',
  },
  {
    words: /not in the sudoers file|may not run sudo|is not allowed to|I'm afraid I can't do that|User .* unknown/i,
    message: user => `${user} has no right to become root`,
    hint: user => `log in as a user who may use sudo, or as root: usermod -aG sudo ${user}`,
  },
  {
    words: /(?:env|exec)?:? .?sudo.?: (?:No such file|not found|command not found)/i,
    message: () => 'there is no sudo on this machine',
    hint: () => 'log in as root, or install the package sudo there',
  },
  {
    words: /(?:env|exec): .?(env|timeout).?: (?:No such file|not found|cannot execute)/i,
    message: (_, [, program = '']) => `there is no program ${program} on this machine`,
    hint: () => 'install the package coreutils there, and see that /usr/bin is in the PATH of the login user',
  },
  {
    words: /Sorry, try again|incorrect (password|authentication) attempt|Authentication failed|incorrect password/i,
    message: user => `the sudo password of ${user} is wrong`,
    hint: () => 'give the right sudo password and run the same command again',
  },
  {
    words: /a password is required|no password was provided|authentication (is )?required|a terminal is required/i,
    message: user => `sudo asks ${user} for a password`,
    hint: user =>
      `run again with --ask-sudo-password, or let ${user} do without: put '${withoutPassword(user)}' into /etc/sudoers.d/kadm`,
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
    return new KadmError('connect', `${user} may run some programs with sudo, and not those that kadm needs`, {
      host,
      hint: `let ${user} run all: put '${withoutPassword(user)}' into /etc/sudoers.d/kadm; or log in as another user`,
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
        : `see its shell there (getent passwd ${user}; /bin/false lets nobody in), and ${SHELL_FILES}`,
    evidence: `it said nothing and ended with exit code ${String(code)}`,
  })

const unknown = (host: string, user: string, {said}: Unbegun): KadmError =>
  new KadmError('connect', `the machine did not start a shell for ${user}`, {
    host,
    hint: `see whether 'ssh ${user}@HOST sudo -n env true' works there; if it does not, look at ForceCommand in its sshd_config and at the files of the login shell`,
    evidence: said.trim(),
  })
