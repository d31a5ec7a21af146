import {setTimeout as after} from 'node:timers/promises'
import {urlHost, type AskedMember, type EtcdMember} from '../../domain/etcd.ts'
import {PORTS} from '../../domain/ports.ts'
import {isUnreachable, KadmError} from '../../domain/errors.ts'
import {addedIdIn, alarmsIn, decimalId, membersIn, statusIn, type EtcdAlarm, type EtcdStatus} from './etcd-answers.ts'
import {EtcdError, isPassing} from './etcd-error.ts'
import {snapshotParts, type SnapshotPart} from './etcd-snapshot.ts'
import {etcdGateway, type EtcdCredentials, type EtcdEndpoint, type Gateway, type GatewayCall} from './gateway.ts'

export interface EtcdOptions {
  readonly signal?: AbortSignal | undefined
  /** How long to repeat a request that may succeed a moment later; default 15 s, 0 for never. */
  readonly retryForMs?: number | undefined
  /** Take the list of members that one member knows, which it also tells when etcd has no quorum. */
  readonly withoutQuorum?: boolean | undefined
}

/** A member with what it reports about itself; no status when it does not answer. */
export interface MemberReport extends AskedMember {
  readonly status?: EtcdStatus | undefined
}

/** etcd through the JSON gateways of its members; a request goes to the first member that answers. */
export interface EtcdClient {
  readonly members: (options?: EtcdOptions) => Promise<readonly EtcdMember[]>
  /** The members, each with whether it answers a request of its own now. */
  readonly askMembers: (options?: EtcdOptions) => Promise<readonly MemberReport[]>
  /** Adds a member that does not vote yet; returns the member that exists when there is one with this URL. */
  readonly addLearner: (peerUrl: string, options?: EtcdOptions) => Promise<EtcdMember>
  /** Gives a learner its vote as soon as it has all data; false when it votes already. */
  readonly promote: (id: string, options?: EtcdOptions) => Promise<boolean>
  /** False when the member was gone already. */
  readonly remove: (id: string, options?: EtcdOptions) => Promise<boolean>
  /** What one member reports about itself. */
  readonly status: (endpoint: EtcdEndpoint, options?: EtcdOptions) => Promise<EtcdStatus>
  readonly alarms: (options?: EtcdOptions) => Promise<readonly EtcdAlarm[]>
  /** Clears an alarm; etcd raises it again when its cause is still there. */
  readonly disarm: (alarm: EtcdAlarm, options?: EtcdOptions) => Promise<void>
  /** The ways to one member, the shortest first. */
  readonly waysTo: (member: EtcdMember) => readonly EtcdEndpoint[]
  /** Frees the space of deleted data; the member does not answer meanwhile. */
  readonly defragment: (endpoint: EtcdEndpoint, options?: EtcdOptions) => Promise<void>
  /** A consistent copy of the database of one member, checked at its end. */
  readonly snapshot: (endpoint: EtcdEndpoint, options?: EtcdOptions) => AsyncGenerator<SnapshotPart>
  readonly close: () => Promise<void>
}

const TRY_TIMEOUT_MS = 5_000
const STATUS_TIMEOUT_MS = 3_000
/** A large database on a slow disk. */
const DEFRAGMENT_TIMEOUT_MS = 300_000
/** To the first bytes. */
const SNAPSHOT_TIMEOUT_MS = 30_000
const RETRY_FOR_MS = 15_000
const PAUSE_MS = 500

export function etcdClient(endpoints: readonly EtcdEndpoint[], credentials: EtcdCredentials): EtcdClient {
  const gateways = new Map<string, Gateway>()
  const gatewayOf = (endpoint: EtcdEndpoint): Gateway => {
    const key = `${endpoint.name} ${endpoint.host}:${String(endpoint.port)}`
    const known = gateways.get(key) ?? etcdGateway(endpoint, credentials)
    gateways.set(key, known)
    return known
  }
  const send: Send = (path, body, doing, options = {}) =>
    callAny(endpoints.map(gatewayOf), {path, body, doing, timeoutMs: TRY_TIMEOUT_MS, signal: options.signal}, options)
  const ofOne = memberCalls(gatewayOf)
  const changes = membershipCalls(send)
  return {
    ...changes,
    ...ofOne,
    askMembers: async options => {
      const all = await changes.members(options)
      return Promise.all(
        all.map(async member => {
          const status = await statusOf(member, waysTo(member, endpoints), ofOne.status, options)
          return {...member, isHealthy: isHealthy(member, status), status}
        }),
      )
    },
    alarms: async options =>
      alarmsIn(await send('maintenance/alarm', {action: 'GET'}, 'read the alarms of etcd', options)),
    disarm: async ({memberId, kind}, options) => {
      const body = {action: 'DEACTIVATE', memberID: decimalId(memberId), alarm: kind}
      await send('maintenance/alarm', body, 'clear an alarm of etcd', options)
    },
    waysTo: member => waysTo(member, endpoints),
    close: async () => {
      await Promise.allSettled([...gateways.values()].map(gateway => gateway.close()))
      gateways.clear()
    },
  }
}

type Send = (path: string, body: GatewayCall['body'], doing: string, options?: EtcdOptions) => Promise<unknown>

/** Requests about the cluster of members; any member answers them. */
function membershipCalls(send: Send): Pick<EtcdClient, 'members' | 'addLearner' | 'promote' | 'remove'> {
  const members: EtcdClient['members'] = async options =>
    membersIn(
      await send(
        'cluster/member/list',
        {linearizable: options?.withoutQuorum !== true},
        'list the members of etcd',
        options,
      ),
    )
  return {
    members,
    addLearner: async (peerUrl, options) => {
      const body = {peerURLs: [peerUrl], isLearner: true}
      const answer = await send('cluster/member/add', body, 'add a member to etcd', options).catch(
        unless('peer-url-exists'),
      )
      const all = answer === undefined ? await members(options) : membersIn(answer)
      const added =
        answer === undefined
          ? all.find(({peerUrls}) => peerUrls.includes(peerUrl))
          : all.find(({id}) => id === addedIdIn(answer))
      if (added === undefined) throw new EtcdError('member-not-found', `etcd does not list the new member ${peerUrl}`)
      return added
    },
    promote: async (id, options) => {
      const doing = 'make the new member of etcd a voter'
      const body = {ID: decimalId(id)}
      return (await send('cluster/member/promote', body, doing, options).catch(unless('not-a-learner'))) !== undefined
    },
    remove: async (id, options) => {
      const body = {ID: decimalId(id)}
      const doing = 'remove a member from etcd'
      return (await send('cluster/member/remove', body, doing, options).catch(unless('member-not-found'))) !== undefined
    },
  }
}

/** Requests to one member. */
function memberCalls(
  gatewayOf: (endpoint: EtcdEndpoint) => Gateway,
): Pick<EtcdClient, 'status' | 'defragment' | 'snapshot'> {
  const one = (endpoint: EtcdEndpoint, call: Omit<GatewayCall, 'body'>, options: EtcdOptions): Promise<unknown> =>
    callAny([gatewayOf(endpoint)], {...call, body: {}, signal: options.signal}, options)
  return {
    status: async (endpoint, options = {}) => {
      const call = {path: 'maintenance/status', doing: 'read the status of etcd', timeoutMs: STATUS_TIMEOUT_MS}
      return statusIn(await one(endpoint, call, options))
    },
    defragment: async (endpoint, options = {}) => {
      const call = {path: 'maintenance/defragment', doing: 'defragment etcd', timeoutMs: DEFRAGMENT_TIMEOUT_MS}
      await one(endpoint, call, {retryForMs: 0, ...options})
    },
    snapshot: async function* (endpoint, {signal} = {}) {
      const call = {path: 'maintenance/snapshot', doing: 'read a snapshot', timeoutMs: SNAPSHOT_TIMEOUT_MS}
      yield* snapshotParts(await gatewayOf(endpoint).stream({...call, body: {}, signal}), endpoint.name)
    },
  }
}

/** A refusal with this reason means that the work is done already. */
const unless =
  (reason: EtcdError['reason']) =>
  (error: unknown): undefined => {
    if (error instanceof EtcdError && error.reason === reason) return undefined
    throw error
  }

const isHealthy = ({id}: EtcdMember, status: EtcdStatus | undefined): boolean =>
  status !== undefined && status.memberId === id && status.leaderId !== undefined && status.errors.length === 0

/** A member is reached at its own address, over any machine. */
function waysTo({name: member, clientUrls: [url = '']}: EtcdMember, endpoints: readonly EtcdEndpoint[]) {
  const host = urlHost(url)
  if (host === undefined) return []
  const own = endpoints.filter(({name}) => name === member)
  const port = Number(/:(\d+)\/?$/.exec(url)?.[1] ?? PORTS.etcdClient)
  return [...own, ...endpoints.filter(({name}) => name !== member).map(way => ({...way, name: member, host, port}))]
}

/** Over the first way that works; undefined when the member does not answer. */
async function statusOf(
  member: EtcdMember,
  ways: readonly EtcdEndpoint[],
  ask: EtcdClient['status'],
  options: EtcdOptions = {},
): Promise<EtcdStatus | undefined> {
  for (const way of ways) {
    try {
      return await ask({...way, name: member.name}, {...options, retryForMs: 0})
    } catch (error) {
      if (!isSilent(error)) throw error
    }
  }
  return undefined
}

/** Another member may answer what this one cannot. */
const isSilent = (error: unknown): boolean => isUnreachable(error) || error instanceof EtcdError

/** The answer of the first member that gives one; repeats what may pass. */
async function callAny(gateways: readonly Gateway[], call: GatewayCall, options: EtcdOptions): Promise<unknown> {
  if (gateways.length === 0) throw new KadmError('connect', `could not ${call.doing}: no member of etcd is known`)
  const end = performance.now() + (options.retryForMs ?? RETRY_FOR_MS)
  for (;;) {
    const errors: unknown[] = []
    for (const gateway of gateways) {
      try {
        return await gateway.call(call)
      } catch (error) {
        if (!isUnreachable(error) && !isPassing(error)) throw error
        errors.push(error)
      }
    }
    // What etcd itself said explains more than that another member is down.
    if (performance.now() >= end) throw errors.find(error => error instanceof EtcdError) ?? errors[0]
    await after(PAUSE_MS, undefined, {signal: call.signal}).catch(() => undefined)
  }
}
