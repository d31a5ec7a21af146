import {createHash} from 'node:crypto'
import {join} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import type {LocalMachine} from '../local/local-machine.ts'

export interface Expansion {
  /** What the signs after `%` stand for, in this keyword; `%%` always is a `%`. */
  readonly tokens: Readonly<Record<string, string>>
  /** undefined where the keyword takes no `${NAME}`. */
  readonly localMachine: Pick<LocalMachine, 'variable'> | undefined
  /** The line or keyword, for messages. */
  readonly place: string
}

/** Fills in `%x` and `${NAME}` as ssh_config(5) says; throws `config` for what stands for nothing, as ssh refuses that too. */
export function expandTokens(text: string, {tokens, localMachine, place}: Expansion): string {
  return text.replace(/%(.?)|\$\{([^}]*)\}/gs, (found, token: string | undefined, name: string | undefined) => {
    if (name !== undefined) return localMachine === undefined ? found : variableOf(name, text, {localMachine, place})
    if (token === '%') return '%'
    const value = token === undefined || token === '' ? undefined : tokens[token]
    if (value !== undefined) return value
    throw new KadmError('config', `${place}: unknown token '${found}' in '${text}'`, {
      hint: 'see TOKENS in ssh_config(5); write %% for a percent sign',
    })
  })
}

function variableOf(
  name: string,
  text: string,
  {localMachine, place}: Pick<Expansion, 'localMachine' | 'place'>,
): string {
  const value = localMachine?.variable(name)
  if (value !== undefined) return value
  throw new KadmError('config', `${place}: the environment variable ${name} in '${text}' is not set`, {
    hint: `set ${name}, or write the path without it; ssh refuses this line too`,
  })
}

/** `~` at the beginning is the user's home folder, `~name` another user's. */
export async function expandHome(path: string, localMachine: Pick<LocalMachine, 'home' | 'homeOf'>): Promise<string> {
  const [, user, rest = ''] = /^~([^/]*)(\/.*)?$/s.exec(path) ?? []
  if (user === undefined) return path
  const home = user === '' ? localMachine.home : await localMachine.homeOf(user)
  if (home === undefined)
    throw new KadmError('config', `cannot expand '${path}': this machine does not have a user ${user}`, {
      hint: 'write the full path',
    })
  return rest === '' ? home : join(home, rest)
}

export interface TokenSource {
  readonly localMachine: Pick<LocalMachine, 'user' | 'uid' | 'home' | 'hostName'>
  /** As the user wrote it. */
  readonly original: string
  /** After HostName. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly hostKeyAlias: string | undefined
  readonly jump: string | undefined
}

/** The signs that most keywords with tokens take (CertificateFile, IdentityAgent, IdentityFile, UserKnownHostsFile, Match exec). */
export function commonTokens(source: TokenSource): Readonly<Record<string, string>> {
  const {localMachine, original, host, port, user, hostKeyAlias, jump = ''} = source
  const {hostName} = localMachine
  const hash = createHash('sha1')
    .update(`${hostName}${host}${String(port)}${user}${jump}`)
    .digest('hex')
  return {
    C: hash,
    d: localMachine.home,
    h: host,
    i: String(localMachine.uid),
    j: jump,
    k: hostKeyAlias ?? original,
    L: hostName.split('.')[0] ?? hostName,
    l: hostName,
    n: original,
    p: String(port),
    r: user,
    u: localMachine.user,
  }
}

/** The signs of ProxyJump and ProxyCommand. */
export function proxyTokens({original, host, port, user}: TokenSource): Readonly<Record<string, string>> {
  return {h: host, n: original, p: String(port), r: user}
}
