import {KadmError} from '../../domain/errors.ts'
import {parseTarget, targetProblem} from '../../config/rules/target.ts'
import type {SshTarget} from '../../domain/cluster.ts'
import type {LocalMachine} from '../local/local-machine.ts'
import type {SshConfig} from '../ssh-config/ssh-config.ts'
import {settingsFor, type SshSettings} from '../ssh-config/ssh-settings.ts'
import {commonTokens, expandHome, expandTokens, proxyTokens, type TokenSource} from '../ssh-config/ssh-tokens.ts'

/** One SSH connection of a route, which may have several, with all settings decided. */
export interface Hop {
  /** As the user wrote it. */
  readonly label: string
  readonly address: string
  readonly port: number
  readonly user: string
  /** Absolute paths of private keys to try; `given` were named for this host by hand. */
  readonly keyFiles: readonly KeyFile[]
  readonly identitiesOnly: boolean
  readonly agentSocket: string | undefined
  /** `SHA256:…`; no other key is trusted then. */
  readonly hostKey: string | undefined
  readonly knownHostsFiles: readonly string[]
  /** The name it has in known_hosts, when not its address. */
  readonly hostKeyAlias: string | undefined
}

export interface KeyFile {
  readonly path: string
  readonly from: 'given' | 'config' | 'default'
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const MOST_HOPS = 8

/** The connections to make, one after the other, the last of them to the target itself. */
export async function routeTo(
  target: SshTarget,
  config: SshConfig,
  localMachine: LocalMachine,
  depth = 0,
): Promise<readonly Hop[]> {
  const {hop, settings, source} = await resolved(target, config, localMachine)
  const written = target.jump ?? settings.proxyJump
  if (written === undefined || written.toLowerCase() === 'none') {
    if (settings.proxyCommand !== undefined && settings.proxyCommand.toLowerCase() !== 'none' && written === undefined)
      throw new KadmError(
        'config',
        `cannot connect to ${target.address}: kadm does not support the ProxyCommand in your SSH configuration`,
        {
          hint: 'use ProxyJump in the SSH configuration, --jump, or jump: in kadm.yaml instead',
          evidence: settings.proxyCommand,
        },
      )
    return [hop]
  }
  const place = target.jump === undefined ? 'ProxyJump in the SSH configuration' : 'the jump host'
  const jump = expandTokens(written, {tokens: proxyTokens(source), localMachine: undefined, place})
  const names = jump.split(',').map(n => n.trim())
  if (depth + names.length > MOST_HOPS)
    throw new KadmError('config', `cannot connect to ${target.address}: more than ${String(MOST_HOPS)} jump hosts`, {
      hint: 'look for a ProxyJump in the SSH configuration that leads back to itself',
    })
  const [nearest = '', ...others] = names
  // Whoever names a key by hand has none for the way either; ssh itself would offer it to the last host only.
  const through = (name: string): SshTarget => ({...parseJump(name), keyFile: target.keyFile})
  // As in ssh: only the first jump host may itself be behind others; the rest are reached from the one before.
  const before = await routeTo(through(nearest), config, localMachine, depth + names.length)
  const between = await Promise.all(others.map(async name => (await resolved(through(name), config, localMachine)).hop))
  return [...before, ...between, hop]
}

interface Resolved {
  readonly hop: Hop
  readonly settings: SshSettings
  readonly source: TokenSource
}

async function resolved(target: SshTarget, config: SshConfig, localMachine: LocalMachine): Promise<Resolved> {
  const {address: host, user, port} = target
  const settings = await settingsFor(config, {host, user, port}, localMachine)
  const source = sourceOf(target, settings, localMachine)
  return {hop: await decide(target, settings, source, localMachine), settings, source}
}

/** Reads `user@host:port`, `[v6]:port`, `ssh://…`. */
export const parseJump = (text: string): SshTarget => {
  const problem = targetProblem(text)
  if (problem !== undefined)
    throw new KadmError('config', `'${text}' is not a jump host: ${problem}`, {
      hint: 'use user@host or user@host:port',
    })
  return parseTarget(text)
}

async function decide(
  target: SshTarget,
  settings: SshSettings,
  source: TokenSource,
  localMachine: LocalMachine,
): Promise<Hop> {
  const ssh = (name: string): string => `${localMachine.home}/.ssh/${name}`
  const tokens = commonTokens(source)
  const fill = async (path: string, keyword: string): Promise<string> =>
    expandTokens(await expandHome(path, localMachine), {
      tokens,
      localMachine,
      place: `${keyword} in the SSH configuration`,
    })
  const named = (path: string): boolean => path.toLowerCase() !== 'none'
  const configured = await Promise.all(settings.identityFiles.filter(named).map(path => fill(path, 'IdentityFile')))
  const usual = settings.identityFiles.length > 0 ? [] : DEFAULT_KEYS.map(ssh)
  const given = target.keyFile === undefined ? [] : [await expandHome(target.keyFile, localMachine)]
  const known = settings.userKnownHostsFiles
  return {
    label: target.address,
    address: source.host,
    port: source.port,
    user: source.user,
    keyFiles: [
      ...given.map(path => ({path, from: 'given'}) as const),
      ...configured.map(path => ({path, from: 'config'}) as const),
      ...usual.map(path => ({path, from: 'default'}) as const),
    ],
    identitiesOnly: settings.identitiesOnly,
    agentSocket: await agentOf(settings.identityAgent, localMachine, path => fill(path, 'IdentityAgent')),
    hostKey: target.hostKey,
    knownHostsFiles:
      known === undefined
        ? [ssh('known_hosts'), ssh('known_hosts2')]
        : await Promise.all(known.filter(named).map(path => fill(path, 'UserKnownHostsFile'))),
    hostKeyAlias: settings.hostKeyAlias,
  }
}

/** `none`, the name of the usual variable, `$` with another variable's name, or a path. */
async function agentOf(
  agent: string | undefined,
  localMachine: LocalMachine,
  fill: (path: string) => Promise<string>,
): Promise<string | undefined> {
  if (agent === undefined || agent === 'SSH_AUTH_SOCK') return localMachine.agentSocket
  if (agent.toLowerCase() === 'none') return undefined
  const variable = /^\$([A-Za-z_]\w*)$/.exec(agent)?.[1]
  if (variable === undefined) return await fill(agent)
  return variable === 'SSH_AUTH_SOCK' ? localMachine.agentSocket : localMachine.variable(variable)
}

/** As ssh does it; the link of an IPv6 address is called as it is. */
const lowerName = (host: string): string => (host.includes(':') ? host : host.toLowerCase())

/** OpenSSH takes tokens and variables in User since 10.0; names hold neither `%` nor `${` otherwise. */
function sourceOf(target: SshTarget, settings: SshSettings, localMachine: LocalMachine): TokenSource {
  const source = {
    localMachine,
    original: target.address,
    host: lowerName(settings.hostName ?? target.address),
    port: settings.port ?? 22,
    hostKeyAlias: settings.hostKeyAlias,
    jump: target.jump ?? settings.proxyJump,
  }
  const written = target.user ?? settings.user ?? localMachine.user
  if (target.user !== undefined || settings.user === undefined) return {...source, user: written}
  const tokens = commonTokens({...source, user: localMachine.user})
  return {...source, user: expandTokens(written, {tokens, localMachine, place: 'User in the SSH configuration'})}
}
