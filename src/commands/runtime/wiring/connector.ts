import {hostname} from 'node:os'
import type {HostSpec} from '../../../domain/cluster.ts'
import {formatTarget} from '../../../config/rules/target.ts'
import {isUnreachable, KadmError} from '../../../domain/errors.ts'
import type {Host} from '../../../remote/host.ts'
import {localUser} from '../../../remote/local/local-user.ts'
import {confirm} from '../../../ui/ask.ts'
import type {Terminal} from '../../../ui/terminal.ts'
import type {SshConfig} from '../../../remote/ssh-config/ssh-config.ts'
import type {SshFlags} from '../../flags/ssh-flags.ts'
import {loginSecrets, type LoginSecrets} from './secrets.ts'

export interface ConnectorOptions {
  readonly hosts: readonly HostSpec[]
  readonly flags: SshFlags
  readonly terminal: Terminal
  readonly signal: AbortSignal
  /** A host that cannot be reached does not stop the rest; `connect` reports the cause for that host. */
  readonly goesOnWithout?: boolean
}

export interface Connector {
  /** One connection for each host, shared by all callers. */
  readonly connect: (spec: HostSpec) => Promise<Host>
  readonly close: () => Promise<void>
}

/** The name of a host in messages. */
export const hostLabel = (spec: HostSpec): string =>
  spec.name ?? (spec.ssh === 'local' ? hostname() : formatTarget(spec.ssh))

/** Asks for the secrets that logins need and opens every connection, so that no question interrupts the work. */
export async function openConnections(options: ConnectorOptions): Promise<Connector> {
  const [{keyFilesOf}, {thisMachine}] = await Promise.all([
    import('../../../remote/ssh/ssh-host.ts'),
    import('./this-machine.ts'),
  ])
  const {hosts, flags, terminal, goesOnWithout = false} = options
  const secrets = await loginSecrets({
    hosts,
    flags,
    terminal,
    env: process.env,
    localMachine: thisMachine(),
    keyFilesOf,
  })
  const opened = new Map<HostSpec, Promise<Host>>()
  const inTurn = queue()
  const connect = (spec: HostSpec): Promise<Host> => {
    const known = opened.get(spec) ?? open(spec, {...options, secrets, inTurn})
    opened.set(spec, known)
    return known
  }
  const close = async (): Promise<void> => {
    await Promise.all([...opened.values()].map(async host => (await host.catch(() => undefined))?.close()))
  }
  const done = await Promise.allSettled(hosts.map(connect))
  const failures = done.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []))
  if (failures.length === 0 || goesOnWithout) return {connect, close}
  await close()
  throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'cannot reach several hosts')
}

/** Asks about one new host at a time. */
const queue = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve()
  return work => {
    const next = last.then(work, work)
    last = next
    return next
  }
}

interface OpenOptions extends ConnectorOptions {
  readonly secrets: LoginSecrets
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** Trusts only keys in known_hosts or in the cluster file. */
  readonly isKnown?: boolean
}

/**
 * If the ssh address in the file no longer answers, the machine may have moved to the static address that the file
 * gives it.
 */
async function open(spec: HostSpec, options: OpenOptions): Promise<Host> {
  const {ssh} = spec
  try {
    return await openAt(spec, options)
  } catch (error) {
    if (ssh === 'local' || !isUnreachable(error)) throw error
    for (const address of staticAddresses(spec).filter(other => other !== ssh.address)) {
      const moved = await openAt({...spec, ssh: {...ssh, address}}, {...options, isKnown: true}).catch(notThere)
      if (moved !== undefined) return moved
    }
    throw error
  }
}

/** Tries the next address only when the machine is not at this one; otherwise the first failure says more. */
function notThere(error: unknown): undefined {
  if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
}

/** The addresses that the file gives to the network interfaces of a machine. */
export const staticAddresses = (spec: HostSpec): readonly string[] =>
  Object.values(spec.netplan?.interfaces ?? {}).flatMap(card => card.addresses.map(withoutPrefix))

const withoutPrefix = (text: string): string => text.split('/')[0] ?? text

async function openAt(spec: HostSpec, {flags, terminal, signal, secrets, inTurn, isKnown}: OpenOptions): Promise<Host> {
  const name = hostLabel(spec)
  if (spec.ssh === 'local') {
    const {localHost} = await import('../../../remote/local-host.ts')
    const {sudoPassword} = secrets
    return localHost({
      name,
      user: localUser(process.env).name,
      isRoot: process.getuid?.() === 0,
      env: process.env,
      sudoPassword,
    })
  }
  const [{connectSsh}, {thisMachine}] = await Promise.all([
    import('../../../remote/ssh/ssh-host.ts'),
    import('./this-machine.ts'),
  ])
  const localMachine = thisMachine()
  return connectSsh({
    name,
    target: spec.ssh,
    localMachine,
    ...secrets,
    signal,
    config: await sshConfig(flags['known-hosts']),
    hostKeys: {
      acceptNew: flags['accept-new-host-keys'] && isKnown !== true,
      ask:
        terminal.canAsk && isKnown !== true
          ? question =>
              inTurn(() =>
                confirm(terminal, {
                  message: `${question.host} (${question.address}) has the ${question.type} key ${question.fingerprint}, which is not in your known_hosts. Trust it?`,
                  flag: '--accept-new-host-keys',
                }),
              )
          : undefined,
    },
  })
}

/** The ssh config, preceded by another known_hosts file: ssh uses the first value it finds. */
export async function sshConfig(knownHosts: string | undefined): Promise<SshConfig | undefined> {
  if (knownHosts === undefined) return undefined
  const [{readSshConfig}, {thisMachine}] = await Promise.all([
    import('../../../remote/ssh-config/ssh-config.ts'),
    import('./this-machine.ts'),
  ])
  const localMachine = thisMachine()
  await localMachine.readNamed(knownHosts)
  const line = {keyword: 'userknownhostsfile', rest: knownHosts, place: '--known-hosts', included: []}
  return [[{...line, words: [knownHosts.replaceAll('%', '%%')]}], ...(await readSshConfig(localMachine))]
}
