import type {KubeClient} from './client.ts'
import {
  conditionOf,
  isObject,
  listAt,
  nameOf,
  namespaceOf,
  numberAt,
  objectAt,
  textAt,
  textsAt,
  type ApiObject,
} from './json.ts'
import {apiPath, query} from './kinds.ts'
import {parseAddress} from './kubeconfig.ts'
import type {CallOptions} from './requester.ts'

/** A part of the cluster itself and whether it works. */
export interface ComponentStatus {
  /** `kube-apiserver-master`, `coredns`. */
  readonly name: string
  readonly kind: 'static-pod' | 'deployment' | 'daemonset'
  readonly node: string | undefined
  readonly state: ComponentState
  /** Whether it has no problem: it works, or the cluster does not use it. */
  readonly ok: boolean
  readonly image: string
  readonly detail: string
}

/**
 * `starting`: its container has just started, and the kubelet has not probed it yet; `unused`: no node matches it or it is scaled to 0,
 * and the cluster does not need it; `missing`: it should exist.
 */
export type ComponentState = 'ok' | 'starting' | 'broken' | 'missing' | 'unused'

/** The objects that the components are read from. */
export interface ComponentObjects {
  /** Of kube-system. */
  readonly pods: readonly ApiObject[]
  /** Of kube-system and kube-flannel. */
  readonly deployments: readonly ApiObject[]
  readonly daemonSets: readonly ApiObject[]
  /** The time of the cluster in milliseconds; without it, no static pod counts as starting. */
  readonly now?: number
}

/** Static pods of the control plane, then the workloads of kube-system and kube-flannel. */
export async function componentStatus(api: KubeClient, options?: CallOptions): Promise<readonly ComponentStatus[]> {
  const inBoth = async (path: (name: undefined, namespace: string) => string): Promise<readonly ApiObject[]> =>
    (await Promise.all(NAMESPACES.map(namespace => api.list(path(undefined, namespace), options)))).flat()
  const [pods, deployments, daemonSets] = await Promise.all([
    api.list(apiPath.pods(undefined, 'kube-system') + query({labelSelector: 'tier=control-plane'}), options),
    inBoth(apiPath.deployments),
    inBoth(apiPath.daemonSets),
  ])
  return componentsOf({pods, deployments, daemonSets})
}

export const NAMESPACES: readonly string[] = ['kube-system', 'kube-flannel']

export const isMirror = (pod: ApiObject): boolean =>
  'kubernetes.io/config.mirror' in textsAt(pod, 'metadata', 'annotations')

/** The existing components; the caller adds the missing ones. */
export function componentsOf({pods, deployments, daemonSets, now}: ComponentObjects): readonly ComponentStatus[] {
  const isOurs = (object: ApiObject): boolean => NAMESPACES.includes(namespaceOf(object))
  return [
    ...pods.filter(isMirror).map(pod => staticPodStatus(pod, now)),
    ...deployments.filter(isOurs).map(deploymentStatus),
    ...daemonSets.filter(isOurs).map(daemonSetStatus),
  ]
}

/**
 * How long the API servers may take to start: kubeadm and kadm write this limit only into their probe. 0 when
 * no limit is configured.
 */
export async function startupSeconds(api: KubeClient, options?: CallOptions): Promise<number> {
  const path = apiPath.pods(undefined, 'kube-system') + query({labelSelector: 'component=kube-apiserver'})
  return Math.max(0, ...(await api.list(path, options)).map(startupSecondsOf))
}

/**
 * The port of the API servers, as kubeadm and kadm note it on their pods; the endpoint of the cluster may be a load
 * balancer with a port of its own. Undefined when no pod has the note.
 */
export async function apiServerPort(api: KubeClient, options?: CallOptions): Promise<number | undefined> {
  const path = apiPath.pods(undefined, 'kube-system') + query({labelSelector: 'component=kube-apiserver'})
  const notes = (await api.list(path, options)).flatMap(pod => {
    const text = textsAt(pod, 'metadata', 'annotations')[
      'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint'
    ]
    return text === undefined ? [] : [parseAddress(text)?.port]
  })
  return notes.find(port => port !== undefined)
}

export function startupSecondsOf(apiServer: ApiObject): number {
  const [container] = listAt(apiServer, 'spec', 'containers')
  const [times, every] = ['failureThreshold', 'periodSeconds'].map(name => numberAt(container, 'startupProbe', name))
  return (times ?? 0) * (every ?? 0)
}

/** A kubelet first probes a static pod 10 s after its container has started, and again after 10 s; after its own restart, it waits up to 10 s. */
const STARTS_WITHIN_MS = 60_000

/** Whether all containers run for the first time, and since a moment ago. */
function isStarting(pod: ApiObject, now: number): boolean {
  const containers = listAt(pod, 'status', 'containerStatuses')
  const isNew = (container: unknown): boolean =>
    numberAt(container, 'restartCount') === 0 &&
    now - Date.parse(textAt(container, 'state', 'running', 'startedAt') ?? '') < STARTS_WITHIN_MS
  return containers.length > 0 && containers.every(isNew)
}

function staticPodStatus(pod: ApiObject, now: number | undefined): ComponentStatus {
  const isReady = textAt(conditionOf(pod, 'Ready'), 'status') === 'True'
  const state = isReady ? 'ok' : now !== undefined && isStarting(pod, now) ? 'starting' : 'broken'
  return {
    name: nameOf(pod),
    kind: 'static-pod',
    node: textAt(pod, 'spec', 'nodeName'),
    state,
    ok: state !== 'broken',
    image: imageOf(listAt(pod, 'spec', 'containers')),
    detail: podState(pod),
  }
}

/** What a pod is doing, in a few words: 'running', 'waiting: ImagePullBackOff', 'restarted 3 times'. */
export function podState(pod: ApiObject): string {
  const containers = [
    ...listAt(pod, 'status', 'initContainerStatuses'),
    ...listAt(pod, 'status', 'containerStatuses'),
  ].filter(isObject)
  const waiting = containers.flatMap(container => textAt(container, 'state', 'waiting', 'reason') ?? [])
  const messages = containers.flatMap(container => textAt(container, 'state', 'waiting', 'message') ?? [])
  const troubles = waiting.filter(reason => reason !== 'ContainerCreating' && reason !== 'PodInitializing')
  const restarts = containers.reduce((sum, container) => sum + (numberAt(container, 'restartCount') ?? 0), 0)
  if (troubles.length > 0) return `waiting: ${[...troubles, ...messages].join(': ')}`
  const unscheduled = conditionOf(pod, 'PodScheduled')
  if (textAt(unscheduled, 'status') === 'False') return `not scheduled: ${textAt(unscheduled, 'message') ?? ''}`
  const phase = (textAt(pod, 'status', 'phase') ?? 'unknown').toLowerCase()
  const state = waiting.length > 0 ? 'starting' : phase
  return restarts === 0 ? state : `${state}, restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}`
}

function deploymentStatus(object: ApiObject): ComponentStatus {
  return workload(
    object,
    'deployment',
    numberAt(object, 'spec', 'replicas') ?? 1,
    numberAt(object, 'status', 'availableReplicas'),
  )
}

function daemonSetStatus(object: ApiObject): ComponentStatus {
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled') ?? 0
  return workload(object, 'daemonset', wanted, numberAt(object, 'status', 'numberAvailable'))
}

/** Without them there are no names and no addresses of services, or no network of pods: none of them is as bad as a broken one. */
const NEEDED: readonly string[] = ['coredns', 'kube-proxy', 'kube-flannel-ds']

/** Calico's eBPF mode takes kube-proxy's place; its guide turns kube-proxy off by this selector. */
const isLeftToCalico = (object: ApiObject): boolean =>
  'non-calico' in objectAt(object, 'spec', 'template', 'spec', 'nodeSelector')

function workload(object: ApiObject, kind: ComponentStatus['kind'], wanted: number, available = 0): ComponentStatus {
  const namespace = namespaceOf(object)
  const isUnused = wanted === 0 && (!NEEDED.includes(nameOf(object)) || isLeftToCalico(object))
  const state = isUnused ? 'unused' : wanted > 0 && available >= wanted ? 'ok' : 'broken'
  return {
    name: namespace === 'kube-system' ? nameOf(object) : `${namespace}/${nameOf(object)}`,
    kind,
    node: undefined,
    state,
    ok: state !== 'broken',
    image: imageOf(listAt(object, 'spec', 'template', 'spec', 'containers')),
    detail: `${available} of ${wanted} available`,
  }
}

const imageOf = (containers: readonly unknown[]): string => textAt(containers[0], 'image') ?? ''
