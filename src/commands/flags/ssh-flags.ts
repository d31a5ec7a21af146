import {Flags} from '@oclif/core'

const helpGroup = 'SSH'

/** How to reach the machines; the same in every command. */
export const sshFlags = {
  'identity-file': Flags.string({
    char: 'i',
    aliases: ['identity'],
    helpValue: 'FILE',
    summary: 'private key for the login',
    env: 'KADM_IDENTITY',
    helpGroup,
  }),
  'ssh-user': Flags.string({
    helpValue: 'NAME',
    summary: 'login user for hosts that do not name one',
    env: 'KADM_SSH_USER',
    helpGroup,
  }),
  'ssh-port': Flags.integer({
    helpValue: 'PORT',
    min: 1,
    max: 65_535,
    summary: 'SSH port for hosts that do not name one',
    helpGroup,
  }),
  jump: Flags.string({
    char: 'J',
    helpValue: 'HOST',
    summary: 'connect through this jump host: [user@]host[:port]',
    helpGroup,
  }),
  'known-hosts': Flags.string({
    helpValue: 'FILE',
    summary: 'read trusted host keys from this file instead of ~/.ssh/known_hosts',
    helpGroup,
  }),
  'accept-new-host-keys': Flags.boolean({
    summary: 'trust and save the keys of new hosts; kadm always refuses a changed key',
    helpGroup,
  }),
  'ask-ssh-password': Flags.boolean({
    summary: 'ask for the password of the login user at the start',
    helpGroup,
  }),
  'ask-sudo-password': Flags.boolean({
    char: 'K',
    summary: 'ask for the sudo password at the start',
    helpGroup,
  }),
}

/** What `sshFlags` give once parsed. */
export interface SshFlags {
  readonly 'identity-file': string | undefined
  readonly 'ssh-user': string | undefined
  readonly 'ssh-port': number | undefined
  readonly jump: string | undefined
  readonly 'known-hosts': string | undefined
  readonly 'accept-new-host-keys': boolean
  readonly 'ask-ssh-password': boolean
  readonly 'ask-sudo-password': boolean
}

/** For commands whose machines are all in the file. */
export const NO_SSH_FLAGS: SshFlags = {
  'identity-file': undefined,
  'ssh-user': undefined,
  'ssh-port': undefined,
  jump: undefined,
  'known-hosts': undefined,
  'accept-new-host-keys': false,
  'ask-ssh-password': false,
  'ask-sudo-password': false,
}
