import {KadmError} from '../domain/errors.ts'

interface Trouble {
  readonly words: RegExp
  readonly message: (user: string) => string
  readonly hint: (user: string) => string
}

const withoutPassword = (user: string): string => `${user} ALL=(ALL) NOPASSWD:ALL`

/** What sudo (1.8 to 1.9) and sudo-rs say in the C locale, most telling first. */
const TROUBLES: readonly Trouble[] = [
  {
    words: /must have a tty/i,
    message: () => 'sudo insists on a terminal (requiretty)',
    hint: user => `let ${user} use sudo without one: put 'Defaults:${user} !requiretty' into /etc/sudoers.d/kadm`,
  },
  {
    words: /not in the sudoers file|may not run sudo|is not allowed to|I'm afraid I can't do that/i,
    message: user => `${user} has no right to become root`,
    hint: user => `log in as a user who may use sudo, or as root: usermod -aG sudo ${user}`,
  },
  {
    words: /env: .?sudo.?: No such file/i,
    message: () => 'there is no sudo on this machine',
    hint: () => 'log in as root, or install the package sudo there',
  },
  {
    words: /Sorry, try again|incorrect (password|authentication) attempt|Authentication failed|incorrect password/i,
    message: user => `the sudo password of ${user} is wrong`,
    hint: () => 'give the right sudo password and run the same command again',
  },
  {
    words: /a password is required|no password was provided|authentication is required|a terminal is required/i,
    message: user => `sudo asks ${user} for a password`,
    hint: user =>
      `run again with --ask-sudo-password, or let ${user} do without: put '${withoutPassword(user)}' into /etc/sudoers.d/kadm`,
  },
]

/** Why a script did not even begin, judged by what was said before it should have. */
export const notBegun = (host: string, user: string, said: string): KadmError => {
  const trouble = TROUBLES.find(t => t.words.test(said))
  if (trouble !== undefined)
    return new KadmError('connect', trouble.message(user), {host, hint: trouble.hint(user), evidence: said.trim()})
  return new KadmError('connect', `the machine did not start a shell for ${user}`, {
    host,
    hint: `see whether 'ssh ${user}@… sudo -n true' works there; timeout, dd and env of coreutils are needed too`,
    evidence: said.trim(),
  })
}
