import {KadmError} from '../../domain/errors.ts'
import {drain, forgetPods} from '../../kube/drain.ts'
import {PATHS} from '../../kube/kinds.ts'
import {cordon, deleteNode} from '../../kube/nodes.ts'
import type {ResourceBase} from '../kind.ts'
import type {Operation} from '../operation.ts'
import {AT_ONCE} from './api-look.ts'

/** A node that must leave the cluster: its pods are moved away first, then it is forgotten. */
export interface NodeRemovedResource extends ResourceBase {
  readonly kind: 'node-removed'
  readonly node: string
  readonly drainMs: number
}

export const nodeRemoved = (spec: Omit<NodeRemovedResource, 'kind' | 'id'>): NodeRemovedResource => ({
  kind: 'node-removed',
  id: `node-removed:${spec.node}`,
  ...spec,
})

export const nodeRemovedOperation: Operation<NodeRemovedResource> = {
  look: async ({node}, context) => {
    try {
      const api = await context.api()
      return (await api.get(PATHS.nodes(node), AT_ONCE)) === undefined ? undefined : 'is in the cluster'
    } catch (error) {
      // A cluster that does not answer cannot be told; the host is cleaned all the same.
      if (error instanceof KadmError && error.code !== 'cancelled') return undefined
      throw error
    }
  },
  act: async ({node, drainMs}, context) => {
    const api = await context.api()
    await cordon(api, node, {signal: context.signal})
    await drain(api, node, {deadlineMs: drainMs, clock: context.clock, signal: context.signal, lost: 'remove'})
    await deleteNode(api, node, {signal: context.signal})
    await forgetPods(api, node, context.signal)
    return 'changed'
  },
}
