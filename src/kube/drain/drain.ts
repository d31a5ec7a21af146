import type {Clock} from '../../domain/clock.ts'
import {KadmError} from '../../domain/errors.ts'
import {ApiError} from '../api-error.ts'
import type {KubeClient} from '../client.ts'
import {at, isObject, listAt, nameOf, namespaceOf, parseJson, textAt, textsAt, type ApiObject} from '../json.ts'
import {apiPath, query} from '../kinds.ts'
import {cordon, type Annotations} from '../nodes.ts'
import {waitFor} from '../wait.ts'
import {toleratesCordon} from './cordon-toleration.ts'

export interface DrainOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  /** For the whole drain; default 5 min, 0 for no limit. */
  readonly deadlineMs?: number | undefined
  readonly intervalMs?: number | undefined
  /** What becomes of pods that no controller would create elsewhere: they stop the drain (the default), are removed too, or stay. */
  readonly lost?: 'refuse' | 'remove' | 'stay' | undefined
  /** Decides for each pod instead of `lost`, which it makes useless. */
  readonly leaves?: ((pod: ApiObject) => boolean) | undefined
  /** Only pods with these labels, as `kubectl get -l` takes them. */
  readonly podSelector?: string | undefined
  /** Seconds; default: as each pod says. */
  readonly gracePeriodSeconds?: number | undefined
  /** Deletes the pods, and does not ask their budgets. */
  readonly disableEviction?: boolean | undefined
  readonly annotations?: Annotations | undefined
  readonly onSeen?: ((seen: string) => void) | undefined
}

const DEADLINE_MS = 300_000
const INTERVAL_MS = 500

/** Whether a drain ignores a pod, moves it, or would delete it permanently. */
export type Movable = 'stays' | 'moves' | 'lost'

export function judgePod(pod: ApiObject): Movable {
  const owner = listAt(pod, 'metadata', 'ownerReferences')
    .filter(isObject)
    .find(one => one['controller'] === true)
  const phase = textAt(pod, 'status', 'phase')
  if ('kubernetes.io/config.mirror' in textsAt(pod, 'metadata', 'annotations')) return 'stays'
  if (textAt(owner, 'kind') === 'DaemonSet') return 'stays'
  if (phase === 'Succeeded' || phase === 'Failed') return 'moves'
  return owner === undefined ? 'lost' : 'moves'
}

export const podsOfNode = (
  api: KubeClient,
  node: string,
  signal?: AbortSignal,
  labelSelector?: string,
): Promise<readonly ApiObject[]> =>
  api.list(apiPath.pods() + query({fieldSelector: `spec.nodeName=${node}`, labelSelector}), {signal})

/**
 * Cordons a node and evicts its pods, as far as their disruption budgets allow; returns when they are gone. As with `kubectl drain`, pods
 * that tolerate the cordon and that a controller creates on the node meanwhile stay there.
 */
export async function drain(api: KubeClient, node: string, options: DrainOptions): Promise<readonly string[]> {
  const {signal, deadlineMs = DEADLINE_MS} = options
  const list = (): Promise<readonly ApiObject[]> => podsOfNode(api, node, signal, options.podSelector)
  const before = await list()
  const lost = before.filter(pod => judgePod(pod) === 'lost')
  if (lost.length > 0 && options.leaves === undefined && (options.lost ?? 'refuse') === 'refuse') {
    throw new KadmError(
      'preflight',
      `cannot drain node ${node}: ${names(lost)} would be lost, because no controller creates them again`,
      {
        hint: 'delete these pods, or create them through a controller such as a Deployment',
      },
    )
  }
  await cordon(api, node, {signal, ...(options.annotations === undefined ? {} : {annotations: options.annotations})})
  const staying: readonly Movable[] = options.lost === 'stay' ? ['stays', 'lost'] : ['stays']
  const leaves = options.leaves ?? ((pod: ApiObject) => !staying.includes(judgePod(pod)))
  const here = new Set((await list()).map(identity))
  // A new pod that tolerates the cordon may come back to this node as often as it is evicted.
  const mustGo = (pod: ApiObject): boolean => leaves(pod) && (here.has(identity(pod)) || !toleratesCordon(pod))
  await waitFor(
    {
      what: `the pods of node ${node} to terminate`,
      deadlineMs: deadlineMs === 0 ? Infinity : deadlineMs,
      intervalMs: options.intervalMs ?? INTERVAL_MS,
      clock: options.clock,
      signal,
      hint: 'a PodDisruptionBudget that allows no disruptions blocks the drain: scale the workload up, or change the budget',
      onSeen: options.onSeen,
    },
    async () => {
      const left = (await list()).filter(mustGo)
      if (left.length === 0) return {value: true}
      const held = (await Promise.all(left.map(pod => letGo(api, pod, options)))).filter(one => one !== undefined)
      return {seen: held.length === 0 ? `${names(left)} still terminating` : held.join('; ')}
    },
  )
  return before.filter(leaves).map(podName)
}

/**
 * Deletes the pods of a node that no longer exists: a machine that joins again under its name would adopt them
 * with their last known state (the pod garbage collector leaves them for 40 s: pkg/controller/podgc).
 */
export async function forceDeletePods(api: KubeClient, node: string, signal?: AbortSignal): Promise<void> {
  const left = await podsOfNode(api, node, signal)
  await Promise.all(
    left.map(pod => api.delete(apiPath.pods(nameOf(pod), namespaceOf(pod)), {gracePeriodSeconds: 0, signal})),
  )
}

/** Ends one pod that is not terminating yet; returns what forbids it. */
async function letGo(api: KubeClient, pod: ApiObject, options: DrainOptions): Promise<string | undefined> {
  if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) return undefined
  const {signal, gracePeriodSeconds} = options
  if (options.disableEviction !== true) return evict(api, pod, options)
  await api.delete(apiPath.pods(nameOf(pod), namespaceOf(pod)), {signal, gracePeriodSeconds})
  return undefined
}

/** Requests the eviction of one pod; returns what forbids it. */
async function evict(
  api: KubeClient,
  pod: ApiObject,
  {signal, gracePeriodSeconds}: DrainOptions,
): Promise<string | undefined> {
  const namespace = namespaceOf(pod)
  const deleteOptions = gracePeriodSeconds === undefined ? {} : {deleteOptions: {gracePeriodSeconds}}
  const answer = await api.raw({
    method: 'POST',
    path: `${apiPath.pods(nameOf(pod), namespace)}/eviction`,
    body: {apiVersion: 'policy/v1', kind: 'Eviction', metadata: {name: nameOf(pod), namespace}, ...deleteOptions},
    signal,
  })
  if (answer.status < 300 || answer.status === 404) return undefined
  if (answer.status === 429) return `${podName(pod)}: ${budgetIn(answer.text)}`
  if (answer.status >= 500) return `${podName(pod)}: the API server answers ${answer.status}`
  throw new ApiError({status: answer.status, reason: 'EvictionRefused'}, `could not evict pod ${podName(pod)}`, {
    evidence: answer.text,
  })
}

/** Which budget forbids an eviction, with its numbers, as the answer 429 says it (pkg/registry/core/pod/storage/eviction.go). */
function budgetIn(answer: string): string {
  const causes = listAt(parseJson(answer), 'details', 'causes').flatMap(cause => textAt(cause, 'message') ?? [])
  if (causes.length === 0) return 'a PodDisruptionBudget does not allow the eviction now'
  return causes.join('; ').replace(/^The /, 'the ')
}

const identity = (pod: ApiObject): string => textAt(pod, 'metadata', 'uid') ?? podName(pod)

const podName = (pod: ApiObject): string => `${namespaceOf(pod)}/${nameOf(pod)}`
const names = (pods: readonly ApiObject[]): string => pods.map(podName).join(', ')
