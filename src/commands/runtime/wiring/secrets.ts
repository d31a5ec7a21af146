import type {HostSpec, SshTarget} from '../../../domain/cluster.ts'
import {keyNeedsPassphrase} from '../../../remote/ssh/private-key.ts'
import type {LocalMachine} from '../../../remote/local/local-machine.ts'
import {askSecret} from '../../../ui/ask.ts'
import type {Terminal} from '../../../ui/terminal.ts'
import type {SshFlags} from '../../flags/ssh-flags.ts'

/** The secrets for the logins. */
export interface LoginSecrets {
  readonly password: string | undefined
  readonly sudoPassword: string | undefined
  readonly passphrase: string | undefined
}

export interface SecretSources {
  readonly hosts: readonly HostSpec[]
  readonly flags: Pick<SshFlags, 'ask-sudo-password' | 'ask-ssh-password'>
  readonly terminal: Pick<Terminal, 'canAsk'>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly localMachine: LocalMachine
  readonly keyFilesOf: (
    target: SshTarget,
    localMachine: LocalMachine,
  ) => Promise<readonly {readonly path: string; readonly text: string}[]>
}

/** Reads secrets from the environment or asks for them, before any work starts. */
export async function loginSecrets(sources: SecretSources): Promise<LoginSecrets> {
  const {flags, terminal, env} = sources
  const asked = async (wanted: boolean, message: string, variable: string): Promise<string | undefined> =>
    env[variable] ??
    (wanted ? await askSecret(terminal, {message, flag: `the environment variable ${variable}`}) : undefined)
  const locked = await lockedKey(sources)
  return {
    passphrase: await asked(locked !== undefined, `passphrase of ${locked ?? 'the key'}:`, 'KADM_KEY_PASSPHRASE'),
    password: await asked(flags['ask-ssh-password'], 'password of the login user:', 'KADM_SSH_PASSWORD'),
    sudoPassword: await asked(flags['ask-sudo-password'], 'password for sudo:', 'KADM_SUDO_PASSWORD'),
  }
}

/** A locked private key: the given one, or the first usable one when there is no agent. */
async function lockedKey({hosts, localMachine, keyFilesOf, terminal}: SecretSources): Promise<string | undefined> {
  const targets = hosts.flatMap(({ssh}) => (ssh === 'local' ? [] : [ssh]))
  for (const target of targets) {
    if (localMachine.agentSocket !== undefined && target.keyFile === undefined) continue
    const files = await keyFilesOf(target, localMachine)
    const [first] = files
    if (first === undefined || !keyNeedsPassphrase(first.text)) continue
    // A default key may not be needed; if kadm cannot ask, the login reports the problem.
    if (target.keyFile !== undefined || terminal.canAsk) return first.path
  }
  return undefined
}
