import type {Clock} from '../domain/clock.ts'
import {KadmError} from '../domain/errors.ts'
import {ApiError} from './api-error.ts'
import type {KubeClient} from './client.ts'
import {numberAt, textAt, type ApiObject} from './json.ts'
import {apiPath} from './kinds.ts'
import {waitFor} from './wait.ts'

/** The Lease of kadm in a cluster, for changes to the cluster as a whole. */
const NAME = 'kadm'
const NAMESPACE = 'kube-system'
const PATH = apiPath.leases(NAME, NAMESPACE)
/**
 * A holder whose object did not change for this long counts as dead; its own clock is not used, as in client-go.
 */
const STALE_SECONDS = 45
const RENEW_MS = 10_000
const POLL_MS = 1000
/** The longest that another run may reasonably hold the lease: a drain, or a whole apply. */
const WAIT_MS = 15 * 60_000
/** While the API server has only just started, or starts again: what is written under the lease is as patient. */
const PATIENT = {retryForMs: 60_000}

export interface ClusterLeaseOptions {
  /** Of this run and no other. */
  readonly identity: string
  /** Whether the run of this identity has certainly ended. */
  readonly isGone: (identity: string) => boolean
  readonly clock: Clock
}

export interface ClusterLeaseUse {
  readonly api: KubeClient
  readonly signal: AbortSignal
  readonly progress: (message: string) => void
}

export interface ClusterLease {
  /** Waits for its turn; returns at once when the run already holds it. Lanes of one run share it. */
  readonly take: (use: ClusterLeaseUse) => Promise<void>
  /**
   * Rejects with `lease` when another run took it; renews it when that is due. Does nothing where it was never taken.
   */
  readonly confirm: () => Promise<void>
  readonly release: () => Promise<void>
}

interface Holding {
  readonly stop: AbortController
  readonly api: KubeClient
  version: string
  renewedAt: number
}

type Attempt = {readonly version: string} | {readonly holder: string; readonly version: string}

const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

const versionOf = (object: ApiObject | undefined): string => textAt(object, 'metadata', 'resourceVersion') ?? ''

const isContended = (error: unknown): boolean =>
  error instanceof ApiError && ['Conflict', 'AlreadyExists', 'NotFound'].includes(error.reason)

/** A new API server creates its namespaces and loads its access rules a moment after it answers. */
const isPassing = (error: unknown, waitedMs: number): boolean =>
  isContended(error) || (error instanceof ApiError && error.reason === 'Forbidden' && waitedMs < PATIENT.retryForMs)

const isCancelled = (error: unknown): boolean => error instanceof KadmError && error.code === 'cancelled'

const takenOver = (holder: string): KadmError =>
  new KadmError('lease', 'another kadm run took over the lease of the cluster', {
    evidence: `current holder of the lease ${NAMESPACE}/${NAME}: ${holder === '' ? 'none' : holder}`,
    hint: 'wait until it ends, then run the same command again',
  })

/**
 * Only one run writes the objects of a cluster at a time, on any machines; kadm compares only its own clock.
 */
export function clusterLease(options: ClusterLeaseOptions): ClusterLease {
  const {clock} = options
  let held: Holding | undefined
  let pending: Promise<void> | undefined
  const loss: Loss = {error: undefined}
  const refuseLost = (): void => {
    if (loss.error !== undefined) throw loss.error
  }
  const acquire = async (use: ClusterLeaseUse): Promise<void> => {
    const renewedAt = clock.now()
    const version = await turn(options, use)
    held = {api: use.api, version, renewedAt, stop: new AbortController()}
    void keep(held, loss, options)
  }
  return {
    take: async use => {
      refuseLost()
      while (held === undefined) {
        pending ??= acquire(use).finally(() => (pending = undefined))
        // Another lane, which began to wait for all, may be stopped alone.
        await pending.catch((error: unknown) => {
          if (use.signal.aborted || !isCancelled(error)) throw error
        })
      }
    },
    confirm: async () => {
      refuseLost()
      if (held !== undefined && clock.now() - held.renewedAt >= RENEW_MS) await renew(held, loss, options)
    },
    release: async () => {
      const last = held
      held = undefined
      last?.stop.abort()
      if (last === undefined || loss.error !== undefined) return
      await giveBack(last, options.identity).catch(() => undefined)
    },
  }
}

/** Why the run lost the lease, after it did. */
interface Loss {
  error: KadmError | undefined
}

async function renew(holding: Holding, loss: Loss, {identity, clock}: ClusterLeaseOptions): Promise<void> {
  const began = clock.now()
  const {signal} = holding.stop
  try {
    const body = {metadata: {resourceVersion: holding.version}, spec: {renewTime: microTime(began)}}
    holding.version = versionOf(await holding.api.patch(PATH, body, 'merge', {signal, ...PATIENT}))
    holding.renewedAt = began
  } catch (error) {
    if (!isContended(error)) throw error
    const live = await holding.api.get(PATH, {signal, ...PATIENT})
    const holder = textAt(live, 'spec', 'holderIdentity') ?? ''
    // Two lanes that renew at the same time would conflict.
    if (holder !== identity) throw (loss.error = takenOver(holder))
    holding.version = versionOf(live)
  }
}

async function keep(holding: Holding, loss: Loss, options: ClusterLeaseOptions): Promise<void> {
  const isOver = (): boolean => holding.stop.signal.aborted || loss.error !== undefined
  while (!isOver()) {
    await options.clock.sleep(RENEW_MS, holding.stop.signal)
    // The next write checks the lease itself, so it reports a failure here.
    if (!isOver()) await renew(holding, loss, options).catch(() => undefined)
  }
}

/** A renewal that was in progress may have changed its version. */
async function giveBack({api, version}: Holding, identity: string): Promise<void> {
  const remove = (resourceVersion: string) => {
    const body = {apiVersion: 'v1', kind: 'DeleteOptions', preconditions: {resourceVersion}}
    return api.raw({method: 'DELETE', path: PATH, body})
  }
  if ((await remove(version)).status !== 409) return
  const live = await api.get(PATH, {retryForMs: 0})
  if (textAt(live, 'spec', 'holderIdentity') === identity) await remove(versionOf(live))
}

/** Waits until this run holds the lease and returns its version. */
async function turn(options: ClusterLeaseOptions, use: ClusterLeaseUse): Promise<string> {
  const {clock} = options
  const began = clock.now()
  let seen = {version: '', at: 0}
  let other = ''
  try {
    return await waitFor(
      {
        what: 'another kadm run to release the lease of the cluster',
        deadlineMs: WAIT_MS,
        intervalMs: POLL_MS,
        clock,
        signal: use.signal,
        onSeen: use.progress,
      },
      async () => {
        const isStale = seen.version !== '' && clock.now() - seen.at > STALE_SECONDS * 1000
        const found = await attempt(options, use, isStale ? seen.version : undefined).catch((error: unknown) => {
          if (!isPassing(error, clock.now() - began)) throw error
          return {holder: '', version: ''}
        })
        if (!('holder' in found)) return {value: found.version}
        if (found.version !== seen.version) seen = {version: found.version, at: clock.now()}
        other = found.holder
        return {
          seen:
            other === ''
              ? 'the cluster cannot store the lease yet'
              : `waiting for ${other}, which is changing the cluster`,
        }
      },
    )
  } catch (error) {
    if (!(error instanceof KadmError) || error.code !== 'timeout' || other === '') throw error
    throw new KadmError('lease', `another kadm run holds the lease of the cluster: ${other}`, {
      hint: 'wait until it ends, then run the same command again',
      cause: error,
    })
  }
}

/** Every write names the version it was decided from, so that of two that try at once only one succeeds. */
async function attempt(
  {identity, isGone, clock}: ClusterLeaseOptions,
  use: ClusterLeaseUse,
  stale?: string,
): Promise<Attempt> {
  const {api, signal} = use
  const now = microTime(clock.now())
  const spec = {holderIdentity: identity, leaseDurationSeconds: STALE_SECONDS, acquireTime: now, renewTime: now}
  const live = await api.get(PATH, {signal, ...PATIENT})
  if (live === undefined) {
    const metadata = {name: NAME, namespace: NAMESPACE}
    const object = {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec}
    return {version: versionOf(await api.create(object, {signal, ...PATIENT}))}
  }
  const holder = textAt(live, 'spec', 'holderIdentity') ?? ''
  const version = versionOf(live)
  if (![identity, ''].includes(holder) && version !== stale && !isGone(holder)) return {holder, version}
  const transitions = (numberAt(live, 'spec', 'leaseTransitions') ?? 0) + 1
  const body = {metadata: {resourceVersion: version}, spec: {...spec, leaseTransitions: transitions}}
  return {version: versionOf(await api.patch(PATH, body, 'merge', {signal, ...PATIENT}))}
}
