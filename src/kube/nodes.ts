import type {Taint} from '../domain/cluster.ts'
import type {KubeClient} from './client.ts'
import {conditionOf, isObject, listAt, nameOf, objectAt, textAt, textsAt, type ApiObject} from './json.ts'
import {apiPath} from './kinds.ts'
import type {CallOptions} from './requester.ts'

/** A node as the cluster sees it. */
export interface NodeStatus {
  readonly name: string
  readonly ready: boolean
  /** Why it is not ready, in the kubelet's or the node controller's words. */
  readonly reason: string | undefined
  readonly controlPlane: boolean
  /** From the `node-role.kubernetes.io/` labels; none for a plain worker. */
  readonly roles: readonly string[]
  readonly schedulable: boolean
  readonly taints: readonly Taint[]
  readonly version: string
  readonly internalAddress: string | undefined
  readonly podCidr: string | undefined
  readonly runtime: string
  readonly os: string
  readonly kernel: string
  readonly machineId: string
  readonly systemUuid: string
  readonly createdAt: string
}

const ROLE = 'node-role.kubernetes.io/'
const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane'

export const listNodes = async (api: KubeClient, options?: CallOptions): Promise<readonly NodeStatus[]> =>
  (await api.list(apiPath.nodes(), options)).map(nodeStatus)

export function nodeStatus(node: ApiObject): NodeStatus {
  const labels = textsAt(node, 'metadata', 'labels')
  const info = textsAt(node, 'status', 'nodeInfo')
  const condition = conditionOf(node, 'Ready')
  const ready = textAt(condition, 'status') === 'True'
  return {
    name: nameOf(node),
    ready,
    reason: ready ? undefined : (textAt(condition, 'message') ?? 'the kubelet has not reported yet'),
    controlPlane: CONTROL_PLANE_LABEL in labels,
    roles: Object.keys(labels).flatMap(key => (key.startsWith(ROLE) ? [key.slice(ROLE.length)] : [])),
    schedulable: objectAt(node, 'spec')['unschedulable'] !== true,
    taints: listAt(node, 'spec', 'taints').filter(isObject).map(taintOf),
    version: info['kubeletVersion'] ?? '',
    internalAddress: listAt(node, 'status', 'addresses')
      .filter(isObject)
      .flatMap(address => (address['type'] === 'InternalIP' ? (textAt(address, 'address') ?? []) : []))[0],
    podCidr: textAt(node, 'spec', 'podCIDR'),
    runtime: info['containerRuntimeVersion'] ?? '',
    os: info['osImage'] ?? '',
    kernel: info['kernelVersion'] ?? '',
    machineId: info['machineID'] ?? '',
    systemUuid: info['systemUUID'] ?? '',
    createdAt: textAt(node, 'metadata', 'creationTimestamp') ?? '',
  }
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const

const taintOf = (taint: ApiObject): Taint => ({
  key: textAt(taint, 'key') ?? '',
  value: textAt(taint, 'value'),
  effect: EFFECTS.find(effect => effect === taint['effect']) ?? 'NoSchedule',
})

/** Annotations to set, or, where undefined, to remove. */
export type Annotations = Readonly<Record<string, string | undefined>>

export interface CordonOptions extends CallOptions {
  /** Set together with the cordon, so that a later run knows which program cordoned the node. */
  readonly annotations?: Annotations
}

/** No new pods for this node. */
export const cordon = (api: KubeClient, node: string, options?: CordonOptions): Promise<ApiObject> =>
  setSchedulable(api, node, false, options)

export const uncordon = (api: KubeClient, node: string, options?: CordonOptions): Promise<ApiObject> =>
  setSchedulable(api, node, true, options)

function setSchedulable(
  api: KubeClient,
  node: string,
  schedulable: boolean,
  {annotations = {}, ...options}: CordonOptions = {},
): Promise<ApiObject> {
  // In a merge patch, null removes a key.
  const marks = Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, value ?? null]))
  const body = {metadata: {annotations: marks}, spec: {unschedulable: schedulable ? null : true}}
  return api.patch(apiPath.nodes(node), body, 'merge', options)
}

/** Removes the Node object; false when it did not exist. */
export const deleteNode = (api: KubeClient, node: string, options?: CallOptions): Promise<boolean> =>
  api.delete(apiPath.nodes(node), options)
