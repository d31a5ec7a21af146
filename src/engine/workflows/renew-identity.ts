import type {SshTarget} from '../../domain/cluster.ts'
import {isUnreachable, KadmError} from '../../domain/errors.ts'
import {reportPhase} from '../../domain/span.ts'
import type {CloneRepair} from '../../phases/shared/clone-repair.ts'
import {REBOOT} from '../../remote/reboot.ts'
import {bestHostKey} from '../../remote/host-keys/host-key.ts'
import {dialHere, type DialServer} from '../../remote/host-keys/host-key-scan.ts'
import type {Host} from '../../remote/host.ts'
import type {KnownHostsStore} from '../../remote/host-keys/known-hosts-store.ts'
import {concat} from '../../remote/shell/shell.ts'
import {parseIdentity, stageIdentity, takeIdentity, type NewIdentity} from '../../resources/host/machine-identity.ts'
import {waitForBoot} from './reboot.ts'
import {runFenced} from '../lease/fence.ts'
import {gather, type Gathered} from '../hosts/gather.ts'
import type {Lease} from '../lease/lease.ts'
import {giveBack} from '../lease/lease-scripts.ts'
import {findMoved, rangeAround} from './moved-host.ts'
import type {WorkflowOptions} from './options.ts'

/** A clone with its connection, and how to reach it again. */
export interface Renewing {
  readonly repair: CloneRepair
  readonly host: Host
  readonly target: SshTarget
  readonly lease: Pick<Lease, 'fence' | 'release'>
  /** Another machine of the run, to search from when the machine is behind a jump host. */
  readonly seedControlPlane: Host | undefined
  readonly trust: KnownHostsStore
}

export interface Renewed {
  readonly host: Host
  readonly gathered: Gathered
  readonly identity: NewIdentity
  readonly target: SshTarget
  readonly bootMs: number
  /** Lines of known_hosts that still trust the old key, `file:line`. */
  readonly staleLines: readonly string[]
}

type Options = Pick<WorkflowOptions, 'connect' | 'emit' | 'clock' | 'signal'>

/**
 * Creates the new identity, trusts its key, activates it, reboots, and finds the machine again only by its new
 * key. The key is saved before it becomes active, so an interrupted run always leaves a reachable machine.
 */
export async function renewIdentity(renewing: Renewing, options: Options): Promise<Renewed> {
  const host = renewing.repair.view.label
  const about = {host, phase: 'repair/identity', title: 'Give it its own identity'}
  const identity = await reportPhase(
    options,
    about,
    () => newIdentity(renewing, options),
    () => 1,
  )
  const next = {host, phase: 'repair/boot', title: 'Reboot it and find it by its new host key'}
  return reportPhase(
    options,
    next,
    () => rebootInto(renewing, identity, options),
    () => 1,
  )
}

async function newIdentity(renewing: Renewing, {signal}: Options): Promise<NewIdentity> {
  const {repair, host, target, lease, trust} = renewing
  const {view, parts} = repair
  const name = repair.newName ?? view.facts.hostname
  const {code, stdout, stderr} = await runFenced(host, lease.fence, stageIdentity(parts, name), {signal})
  if (code !== 0) throw refused(view.label, 'could not create its new identity', stderr)
  const made = parseIdentity(stdout)
  if (bestHostKey(made.hostKeys) === undefined) {
    throw new KadmError(
      'remote',
      'it has no SSH host key in /etc/ssh, so kadm could not recognize it after the reboot',
      {
        host: view.label,
        hint: 'create host keys there with sudo ssh-keygen -A, and check that sshd uses them',
      },
    )
  }
  await trust.learn(target, made.hostKeys)
  await putInForce(renewing, signal)
  return made
}

async function rebootInto(renewing: Renewing, identity: NewIdentity, options: Options): Promise<Renewed> {
  const {host, target, lease, trust} = renewing
  const {signal, clock} = options
  const began = clock.now()
  await host.close()
  await lease.release()
  const {host: back, spec} = await comeBack(renewing, identity, options)
  const bootMs = clock.now() - began
  const now = spec.ssh === 'local' ? target : {...spec.ssh, hostKey: undefined}
  if (now.address !== target.address) await trust.learn(now, identity.hostKeys)
  await back.run(giveBack(lease.fence).text, {signal})
  const gathered = await gather(back, clock.now, signal)
  const staleLines = await trust.keepOnly(now, identity.hostKeys)
  if (now.address !== target.address) await trust.keepOnly(target, [])
  return {host: back, gathered, identity, target: now, bootMs, staleLines}
}

/** Also reboots in the same script, so that an interrupted run never leaves a machine between two identities. */
async function putInForce({repair, host, lease}: Renewing, signal: AbortSignal): Promise<void> {
  const {label} = repair.view
  const script = concat([takeIdentity(repair.parts), REBOOT])
  const {code, stderr} = await runFenced(host, lease.fence, script, {signal}).catch((error: unknown) => {
    if (isUnreachable(error)) return {code: 0, stderr: ''}
    throw error
  })
  if (code !== 0) throw refused(label, 'could not apply its new identity', stderr)
}

const refused = (host: string, what: string, evidence: string): KadmError =>
  new KadmError('remote', what, {
    host,
    evidence,
    hint: 'fix the errors above and run the same command again; the machine has not rebooted yet',
  })

async function comeBack(renewing: Renewing, identity: NewIdentity, options: Options) {
  const {repair, target, trust, seedControlPlane} = renewing
  const {facts, label} = repair.view
  const key = bestHostKey(identity.hostKeys)
  if (key === undefined) throw new Error(`${label} has no key`)
  const pinned = {...repair.view.node.host, ssh: {...target, hostKey: key.fingerprint}}
  const progress = (message: string): void =>
    options.emit({type: 'phase-progress', host: label, phase: 'repair/boot', message, at: options.clock.now()})
  const port = await trust.portOf(target)
  const dial = await dialFrom(target, seedControlPlane, trust)
  return waitForBoot({
    ...options,
    spec: pinned,
    bootId: identity.bootId,
    progress,
    search: async () => {
      const range = rangeAround(facts)
      if (range === '' || dial === undefined) return undefined
      progress(`searching ${range} for its new host key`)
      return findMoved({spec: pinned, target: pinned.ssh, facts, key, port, dial, signal: options.signal})
    },
  })
}

/** As the machine itself is reached: from here, or where that leads through a jump host from a machine beside it. */
async function dialFrom(
  target: SshTarget,
  seedControlPlane: Host | undefined,
  trust: KnownHostsStore,
): Promise<DialServer | undefined> {
  if (!(await trust.isBehindJump(target))) return dialHere
  return seedControlPlane && ((address, port) => seedControlPlane.forward(address, port))
}
