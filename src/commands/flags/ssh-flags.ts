import {Flags} from '@oclif/core'

const helpGroup = 'SSH'

/** How machines are reached; one meaning in every command. */
export const sshFlags = {
  'identity-file': Flags.string({
    char: 'i',
    aliases: ['identity'],
    helpValue: 'FILE',
    summary: 'private key to log in with',
    env: 'KADM_IDENTITY',
    helpGroup,
  }),
  'ssh-user': Flags.string({
    helpValue: 'NAME',
    summary: 'login user where the host does not name one',
    env: 'KADM_SSH_USER',
    helpGroup,
  }),
  'ssh-port': Flags.integer({
    helpValue: 'PORT',
    min: 1,
    max: 65_535,
    summary: 'port where the host does not name one',
    helpGroup,
  }),
  jump: Flags.string({char: 'J', helpValue: 'HOST', summary: 'go through this machine: [user@]host[:port]', helpGroup}),
  'known-hosts': Flags.string({
    helpValue: 'FILE',
    summary: 'believe the host keys in this file instead of ~/.ssh/known_hosts',
    helpGroup,
  }),
  'accept-new-host-keys': Flags.boolean({
    summary: 'believe and remember the key of a host never seen before; a changed key is always refused',
    helpGroup,
  }),
  'ask-ssh-password': Flags.boolean({
    summary: 'ask for the password of the login user before the work starts',
    helpGroup,
  }),
  'ask-sudo-password': Flags.boolean({
    char: 'K',
    summary: 'ask for the sudo password before the work starts',
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

/** For machines whose file says all there is to say. */
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
