import type {KubeClient} from './client.ts'
import {conditionOf, isObject, listAt, nameOf, namespaceOf, numberAt, textAt, textsAt, type ApiObject} from './json.ts'
import {PATHS, query} from './kinds.ts'
import type {CallOptions} from './requester.ts'

/** A part of the cluster itself and whether it works. */
export interface ComponentStatus {
  /** `kube-apiserver-master`, `coredns`. */
  readonly name: string
  readonly kind: 'static-pod' | 'deployment' | 'daemonset'
  readonly node: string | undefined
  readonly ok: boolean
  readonly image: string
  readonly detail: string
}

/** Static pods of the control plane, then the workloads of kube-system and kube-flannel. */
export async function componentStatus(api: KubeClient, options?: CallOptions): Promise<readonly ComponentStatus[]> {
  const [pods, ...workloads] = await Promise.all([
    api.list(PATHS.pods(undefined, 'kube-system') + query({labelSelector: 'tier=control-plane'}), options),
    ...['kube-system', 'kube-flannel'].flatMap(namespace => [
      api.list(PATHS.deployments(undefined, namespace), options).then(all => all.map(deploymentStatus)),
      api.list(PATHS.daemonSets(undefined, namespace), options).then(all => all.map(daemonSetStatus)),
    ]),
  ])
  const mirrors = pods.filter(pod => 'kubernetes.io/config.mirror' in textsAt(pod, 'metadata', 'annotations'))
  return [...mirrors.map(staticPodStatus), ...workloads.flat()]
}

/** How long the API servers are given to come up: kubeadm and kadm alike write it into their probe only. 0 where none is told. */
export async function startupSeconds(api: KubeClient, options?: CallOptions): Promise<number> {
  const path = PATHS.pods(undefined, 'kube-system') + query({labelSelector: 'component=kube-apiserver'})
  return Math.max(0, ...(await api.list(path, options)).map(startupSecondsOf))
}

export function startupSecondsOf(apiServer: ApiObject): number {
  const [container] = listAt(apiServer, 'spec', 'containers')
  const [times, every] = ['failureThreshold', 'periodSeconds'].map(name => numberAt(container, 'startupProbe', name))
  return (times ?? 0) * (every ?? 0)
}

function staticPodStatus(pod: ApiObject): ComponentStatus {
  const ok = textAt(conditionOf(pod, 'Ready'), 'status') === 'True'
  return {
    name: nameOf(pod),
    kind: 'static-pod',
    node: textAt(pod, 'spec', 'nodeName'),
    ok,
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

function workload(object: ApiObject, kind: ComponentStatus['kind'], wanted: number, available = 0): ComponentStatus {
  const namespace = namespaceOf(object)
  return {
    name: namespace === 'kube-system' ? nameOf(object) : `${namespace}/${nameOf(object)}`,
    kind,
    node: undefined,
    ok: available >= wanted,
    image: imageOf(listAt(object, 'spec', 'template', 'spec', 'containers')),
    detail: `${available} of ${wanted} available`,
  }
}

const imageOf = (containers: readonly unknown[]): string => textAt(containers[0], 'image') ?? ''
