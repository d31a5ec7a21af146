import {hostPort} from '../../domain/endpoint.ts'
import {KadmError} from '../../domain/errors.ts'
import type {EtcdClient, MemberReport} from '../../kube/etcd/etcd-client.ts'
import {listNodes} from '../../kube/nodes.ts'
import {waitFor} from '../../kube/wait.ts'
import {POWER_LOSS} from '../../remote/reboot.ts'
import type {ControlPlane} from '../../engine/cluster/control-plane.ts'
import {rebootOne} from '../reboot/come-back.ts'
import {rebootStep, type OneReboot, type RebootTarget, type ReturnTimes} from '../reboot/rolling-reboot.ts'
import {askEndpoint, keepAsking, type EndpointAddress} from './ask-endpoint.ts'
import {outageOf, type Outage, type Sample} from './outage.ts'
import {askerFor, haRefusals, hasAddress, memberOn, victimFor, type HaMember, type Role, type Way} from './rules.ts'

export interface HaOptions extends Omit<OneReboot, 'api' | 'prefix'> {
  readonly endpoint: EndpointAddress
  readonly way: Way
  readonly controlPlaneOf: (machine: RebootTarget) => ControlPlane
}

/** What happened when one control plane lost its power. */
export interface HaRound extends Outage {
  readonly machine: string
  readonly role: Role
  readonly askedFrom: string
  readonly times: ReturnTimes
  /** Milliseconds until every member of etcd answered again. */
  readonly etcdMs: number
}

export interface HaOutcome {
  readonly way: Way
  readonly endpoint: string
  readonly rounds: readonly HaRound[]
}

/** So many milliseconds of requests before and after. */
const AROUND_MS = 3000
const ROLES: readonly Role[] = ['follower', 'leader']

/** Powers off a control plane that does not lead etcd, then the one that does, and lets each come back. Stops when one does not. */
export async function tryOutages(machines: readonly RebootTarget[], options: HaOptions): Promise<HaOutcome> {
  const {clock, emit, endpoint, way} = options
  const started = clock.now()
  emit({type: 'run-started', command: 'verify --ha', hosts: machines.map(({node}) => node), at: started})
  const rounds: HaRound[] = []
  for (const role of ROLES) rounds.push(await tryOutage(role, machines, options))
  emit({type: 'run-done', changes: undefined, durationMs: clock.now() - started, at: clock.now()})
  return {way, endpoint: labelOf(endpoint), rounds}
}

async function tryOutage(role: Role, machines: readonly RebootTarget[], options: HaOptions): Promise<HaRound> {
  const {clock, controlPlaneOf, endpoint} = options
  const {victim, asker, through} = await chooseMachines(role, machines, options)
  const controlPlane = controlPlaneOf(through)
  const reboot = {...options, api: await controlPlane.api(), prefix: `${role}/`}
  const asking = keepAsking(() => askEndpoint(asker.host, endpoint, clock), clock)
  const [back] = await Promise.allSettled([comesBack(reboot, victim, await controlPlane.etcd())])
  const [asked] = await Promise.allSettled([asking.stop()])
  // That a machine did not come back says more than that another one was lost meanwhile.
  if (back.status === 'rejected') throw asError(back.reason)
  if (asked.status === 'rejected') throw asError(asked.reason)
  requireAnswer(asked.value, {endpoint, asker, victim})
  return {machine: victim.node, role, askedFrom: asker.node, ...back.value, ...outageOf(asked.value)}
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

/** Powers the machine off and on, and waits until all of the cluster is as before, with requests before and after. */
async function comesBack(
  reboot: OneReboot,
  victim: RebootTarget,
  etcd: EtcdClient,
): Promise<Pick<HaRound, 'times' | 'etcdMs'>> {
  const {clock, signal} = reboot
  await clock.sleep(AROUND_MS, signal)
  const off = clock.now()
  const times = await rebootOne(reboot, victim, POWER_LOSS)
  const step = {name: 'etcd', title: 'Wait until every member of etcd answers'}
  await rebootStep(reboot, victim.node, step, onSeen =>
    waitFor(
      {
        what: 'every member of etcd to answer',
        deadlineMs: reboot.timeoutMs,
        intervalMs: 500,
        clock,
        signal,
        onSeen,
        hint: 'kadm etcd members shows them; find the cause on the machine: kadm doctor',
      },
      async () => {
        const silent = (await etcd.askMembers({signal, retryForMs: 0})).filter(({isHealthy}) => !isHealthy)
        return silent.length === 0
          ? {value: true}
          : {seen: `${silent.map(({name, id}) => name || id).join(', ')} does not answer`}
      },
    ),
  )
  const etcdMs = clock.now() - off
  await clock.sleep(AROUND_MS, signal)
  return {times, etcdMs}
}

interface Chosen {
  readonly victim: RebootTarget
  readonly asker: RebootTarget
  /** The control plane through which kadm sees the cluster meanwhile. */
  readonly through: RebootTarget
}

/** Looks at the cluster now, and refuses before anything is powered off. */
async function chooseMachines(
  role: Role,
  machines: readonly RebootTarget[],
  {signal, clock, controlPlaneOf, endpoint}: HaOptions,
): Promise<Chosen> {
  const seen = machines.find(({controlPlane}) => controlPlane)
  if (seen === undefined) throw refused(['no control plane is named'])
  const asked = controlPlaneOf(seen)
  const [nodes, members] = await Promise.all([
    listNodes(await asked.api(), {signal}),
    asked.etcd().then(async etcd => (await etcd.askMembers({signal})).map(withLead)),
  ])
  const refusals = haRefusals(machines, nodes, members)
  if (refusals.length > 0) throw refused(refusals)
  const addressOf = ({node}: RebootTarget): string | undefined => nodes.find(({name}) => name === node)?.internalAddress
  const victim = victimFor(role, machines, {
    leads: one => memberOn(members, one.node, addressOf(one))?.isLeader === true,
    hasEndpoint: ({before}) => hasAddress(before.network, endpoint.host),
  })
  const asker = victim && askerFor(machines, victim)
  const through = machines.find(one => one.controlPlane && one !== victim)
  if (victim === undefined || asker === undefined || through === undefined)
    throw refused([`no control plane is the ${role} of etcd`])
  const failure = await askEndpoint(asker.host, endpoint, clock)
  if (failure !== undefined)
    throw refused([`the endpoint ${labelOf(endpoint)} does not answer from ${asker.node}: ${failure}`])
  return {victim, asker, through}
}

const withLead = (member: MemberReport): HaMember => ({...member, isLeader: member.status?.leaderId === member.id})

const labelOf = ({host, port}: EndpointAddress): string => hostPort(host, port)

const refused = (reasons: readonly string[]): KadmError =>
  new KadmError('preflight', `no control plane was powered off: ${reasons.join('; ')}`, {
    hint: "run 'kadm status' and 'kadm etcd members', and fix the problems first",
  })

function requireAnswer(
  samples: readonly Sample[],
  {endpoint, asker, victim}: Pick<Chosen, 'asker' | 'victim'> & Pick<HaOptions, 'endpoint'>,
): void {
  const last = samples.at(-1)
  if (last?.failure === undefined) return
  throw new KadmError(
    'verify',
    `the endpoint ${labelOf(endpoint)} does not answer from ${asker.node} after ${victim.node} came back: ${last.failure}`,
    {hint: 'find the cause: kadm status; kadm doctor'},
  )
}
