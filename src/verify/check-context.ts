import pLimit from 'p-limit'
import type {Clock} from '../domain/clock.ts'
import {KadmError} from '../domain/errors.ts'
import type {KubeClient} from '../kube/client.ts'
import type {ExecResult} from '../kube/exec.ts'
import {at, textAt, textsAt, type ApiObject} from '../kube/json.ts'
import {apiPath, query} from '../kube/kinds.ts'
import {waitFor, type Look} from '../kube/wait.ts'

/** What every check works with: the cluster, a namespace of its own, time. */
export interface CheckContext {
  readonly api: KubeClient
  readonly namespace: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly images: Images
  readonly dnsDomain: string
  /** How many times as long as usual things may take here; 1 for as usual. */
  readonly timeoutScale: number
  /** How long ways, routes and names may take to work; default 20 s. */
  readonly routesWithinMs?: number
  /** Runs a command in a probe; only a few at a time, as each costs its node a process. */
  readonly exec: (probe: Probe, command: readonly string[], timeoutMs?: number) => Promise<ExecResult>
}

/** The same program under two references, so that a rollout has something to change. */
export interface Images {
  readonly first: string
  readonly second: string
}

/** A running test pod, one on each node. */
export interface Probe {
  readonly name: string
  readonly node: string
  readonly ip: string
  readonly controlPlane: boolean
  /** Where its node's kubelet is reached. */
  readonly nodeAddress?: string | undefined
}

const EXECS_AT_ONCE = 6
const INTERVAL_MS = 250

export function makeCheckContext(parts: Omit<CheckContext, 'exec'>): CheckContext {
  const limit = pLimit(Math.max(1, Math.floor(EXECS_AT_ONCE / parts.timeoutScale ** 2)))
  const {api, namespace, signal} = parts
  return {
    ...parts,
    exec: (probe, command, timeoutMs) =>
      limit(() => api.exec({name: probe.name, namespace}, {command, signal, timeoutMs})),
  }
}

export interface CheckWait {
  readonly what: string
  readonly deadlineMs: number
  readonly hint?: string
  /** Bring the namespace's latest warnings as evidence: of use where pods do not come up. */
  readonly withWarnings?: boolean
}

/** Waits within a check; a wait that runs out is a failed check. */
export async function until<T>(context: CheckContext, wait: CheckWait, look: () => Promise<Look<T>>): Promise<T> {
  const {clock, signal} = context
  try {
    return await waitFor(
      {...wait, deadlineMs: wait.deadlineMs * context.timeoutScale, intervalMs: INTERVAL_MS, clock, signal},
      look,
    )
  } catch (error) {
    if (!(error instanceof KadmError) || error.code !== 'timeout') throw error
    const evidence = wait.withWarnings === true ? await warnings(context) : undefined
    throw new KadmError('verify', error.message, {evidence, hint: error.hint, cause: error})
  }
}

const LATEST = 4

/** The check has failed already; that its events cannot be read as well adds nothing. */
function noneTold(error: unknown): readonly ApiObject[] {
  if (error instanceof KadmError && error.code !== 'cancelled') return []
  throw error
}

async function warnings({api, namespace, signal}: CheckContext): Promise<string> {
  const path = apiPath.events(undefined, namespace) + query({fieldSelector: 'type=Warning'})
  const events = await api.list(path, {signal}).catch(noneTold)
  return events
    .map(event => `${textAt(event, 'involvedObject', 'name') ?? ''}: ${textAt(event, 'message') ?? ''}`)
    .slice(-LATEST)
    .join('\n')
}

export const podsLabelled = ({api, namespace, signal}: CheckContext, app: string): Promise<readonly ApiObject[]> =>
  api.list(apiPath.pods(undefined, namespace) + query({labelSelector: `app=${app}`}), {signal})

export const isEnding = (object: ApiObject): boolean => at(object, 'metadata', 'deletionTimestamp') !== undefined

export const clusterIp = async (context: CheckContext, service: string): Promise<string> => {
  const found = await context.api.get(apiPath.services(service, context.namespace), {signal: context.signal})
  const address = textAt(found, 'spec', 'clusterIP')
  if (address !== undefined) return address
  throw new KadmError('verify', `service ${service} has no address`, {evidence: JSON.stringify(textsAt(found, 'spec'))})
}
