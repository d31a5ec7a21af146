import {KadmError} from '../domain/errors.ts'
import type {SshTarget} from '../domain/cluster.ts'
import type {Laptop} from './laptop.ts'
import {expand, settingsFor, type SshSettings} from './ssh-config.ts'

/** One SSH connection of a way that may lead over several, with everything decided. */
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
  /** `SHA256:…`; nothing else is believed then. */
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
export async function routeTo(target: SshTarget, config: string, laptop: Laptop, depth = 0): Promise<readonly Hop[]> {
  const settings = await settingsFor(config, target.address, target.user)
  const hop = decide(target, settings, laptop)
  const jump = target.jump ?? settings.proxyJump
  if (jump === undefined || jump.toLowerCase() === 'none') {
    if (settings.proxyCommand !== undefined && settings.proxyCommand.toLowerCase() !== 'none')
      throw new KadmError('config', `${target.address} has a ProxyCommand in the ssh config, which kadm does not run`, {
        hint: 'use ProxyJump in the ssh config or jump: in kadm.yaml instead',
      })
    return [hop]
  }
  const names = jump.split(',').map(n => n.trim())
  if (depth + names.length > MOST_HOPS)
    throw new KadmError('config', `the way to ${target.address} leads over more than ${String(MOST_HOPS)} jump hosts`, {
      hint: 'look for a ProxyJump in the ssh config that leads back to itself',
    })
  const [first = '', ...others] = names
  // Whoever names a key by hand has none for the way either; ssh itself would offer it to the last host only.
  const through = (name: string): SshTarget => ({...parseJump(name), keyFile: target.keyFile})
  // As in ssh: only the first jump host may itself be behind others; the rest are reached from the one before.
  const before = await routeTo(through(first), config, laptop, depth + names.length)
  const between = await Promise.all(
    others.map(async name => {
      const via = through(name)
      return decide(via, await settingsFor(config, via.address, via.user), laptop)
    }),
  )
  return [...before, ...between, hop]
}

const JUMP = /^(?:ssh:\/\/)?(?:([^@\s]+)@)?(?:\[([^\]\s]+)\]|([^:\s@]+))(?::(\d+))?\/?$/

/** Reads `user@host:port`, `[v6]:port`, `ssh://…`. */
export const parseJump = (text: string): SshTarget => {
  const match = JUMP.exec(text)
  const address = match?.[2] ?? match?.[3]
  if (match === null || address === undefined)
    throw new KadmError('config', `'${text}' is no jump host`, {hint: 'write user@host or user@host:port'})
  return {
    address,
    user: match[1],
    port: match[4] === undefined ? undefined : Number(match[4]),
    keyFile: undefined,
    hostKey: undefined,
    jump: undefined,
  }
}

const decide = (target: SshTarget, settings: SshSettings, laptop: Laptop): Hop => {
  const ssh = (name: string): string => `${laptop.home}/.ssh/${name}`
  const user = target.user ?? settings.user ?? laptop.user
  const address = settings.hostName ?? target.address
  const fill = (path: string): string =>
    expand(path, laptop.home)
      .replaceAll('%d', laptop.home)
      .replaceAll('%u', laptop.user)
      .replaceAll('%r', user)
      .replaceAll('%h', address)
  const configured = settings.identityFiles.filter(f => f.toLowerCase() !== 'none').map(fill)
  const usual = settings.identityFiles.length > 0 ? [] : DEFAULT_KEYS.map(ssh)
  const given = target.keyFile === undefined ? [] : [expand(target.keyFile, laptop.home)]
  const agent = settings.identityAgent
  return {
    label: target.address,
    address,
    port: target.port ?? settings.port ?? 22,
    user,
    keyFiles: [
      ...given.map(path => ({path, from: 'given'}) as const),
      ...configured.map(path => ({path, from: 'config'}) as const),
      ...usual.map(path => ({path, from: 'default'}) as const),
    ],
    identitiesOnly: settings.identitiesOnly,
    agentSocket:
      agent === undefined || agent === 'SSH_AUTH_SOCK'
        ? laptop.agentSocket
        : agent === 'none'
          ? undefined
          : fill(agent),
    hostKey: target.hostKey,
    knownHostsFiles: (settings.userKnownHostsFiles ?? [ssh('known_hosts'), ssh('known_hosts2')])
      .filter(f => f !== 'none')
      .map(fill),
    hostKeyAlias: settings.hostKeyAlias,
  }
}
