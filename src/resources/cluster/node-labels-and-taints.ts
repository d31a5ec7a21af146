import type {ApiTaint} from '../../manifests/node-labels-and-taints.ts'
import {isObject, listAt, textAt, textsAt, type ApiObject} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {waitFor} from '../../kube/wait.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation} from '../core/operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'
import {laneWait} from './lane-wait.ts'

/** Labels and taints that a node must have, in addition to those of other programs. */
export interface NodeLabelsAndTaintsResource extends ResourceBase {
  readonly kind: 'node-labels-and-taints'
  readonly node: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly ApiTaint[]
  /** How long the node may take to register. */
  readonly deadlineMs: number
}

export const nodeLabelsAndTaints = (
  wanted: Omit<NodeLabelsAndTaintsResource, 'kind' | 'id'>,
): NodeLabelsAndTaintsResource => ({
  kind: 'node-labels-and-taints',
  id: `node-labels-and-taints:${wanted.node}`,
  ...wanted,
})

/** A node has at most one taint of a key and effect. */
const samePlace = (a: ApiTaint, b: unknown): boolean => textAt(b, 'key') === a.key && textAt(b, 'effect') === a.effect

const sameTaint = (a: ApiTaint, b: unknown): boolean =>
  samePlace(a, b) && (textAt(b, 'value') ?? '') === (a.value ?? '')

const missing = ({labels, taints}: NodeLabelsAndTaintsResource, node: ApiObject): string | undefined => {
  const present = textsAt(node, 'metadata', 'labels')
  const label = Object.entries(labels).find(([key, value]) => present[key] !== value)
  if (label !== undefined) return `label ${label[0]} is missing`
  const taint = taints.find(wanted => !listAt(node, 'spec', 'taints').some(other => sameTaint(wanted, other)))
  return taint === undefined ? undefined : `taint ${taint.key}:${taint.effect} is missing`
}

export const nodeLabelsAndTaintsOperation: Operation<NodeLabelsAndTaintsResource> = {
  look: (resource, context) =>
    apiLook(context, async api => {
      const node = await api.get(apiPath.nodes(resource.node), AT_ONCE)
      return node === undefined ? 'the node does not exist yet' : missing(resource, node)
    }),
  act: async (resource, context) => {
    const {signal, progress} = context
    const api = await context.api()
    const path = apiPath.nodes(resource.node)
    const node = await waitFor(
      {
        what: `node ${resource.node} to register`,
        deadlineMs: resource.deadlineMs,
        intervalMs: 250,
        ...laneWait(context),
        hint: 'check the kubelet log on the host: journalctl -u kubelet',
        onSeen: progress,
      },
      async () => {
        const found = await api.get(path)
        // kubeadm waits for this label too: the kubelet sets it when the registration is complete.
        return found !== undefined && textsAt(found, 'metadata', 'labels')['kubernetes.io/hostname'] !== undefined
          ? {value: found}
          : {seen: 'the kubelet has not registered the node'}
      },
    )
    if (missing(resource, node) === undefined) return 'unchanged'
    const present = listAt(node, 'spec', 'taints').filter(isObject)
    const lacking = resource.taints.filter(wanted => !present.some(other => sameTaint(wanted, other)))
    const taints = [...lacking, ...present.filter(other => !lacking.some(wanted => samePlace(wanted, other)))]
    await api.patch(path, {metadata: {labels: resource.labels}, spec: {taints}}, 'strategic', {signal})
    return 'changed'
  },
}
