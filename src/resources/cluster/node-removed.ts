import {KadmError} from '../../domain/errors.ts'
import {drain, forceDeletePods} from '../../kube/drain/drain.ts'
import {apiPath} from '../../kube/kinds.ts'
import {cordon, deleteNode} from '../../kube/nodes.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation} from '../core/operation.ts'

/** A node that must leave the cluster: kadm drains it first, then deletes its Node object. */
export interface NodeRemovedResource extends ResourceBase {
  readonly kind: 'node-removed'
  readonly node: string
  /** Whether the files of the machine show that it belongs to a cluster; otherwise kadm can ignore a cluster that does not answer. */
  readonly isMember: boolean
  readonly drainMs: number
}

export const nodeRemoved = (spec: Omit<NodeRemovedResource, 'kind' | 'id'>): NodeRemovedResource => ({
  kind: 'node-removed',
  id: `node-removed:${spec.node}`,
  ...spec,
})

const notAsked = (node: string, host: string, cause: KadmError): KadmError =>
  new KadmError(cause.code, `cannot remove node ${node} from the cluster, so kadm reset nothing: ${cause.message}`, {
    host,
    hint: `start the control plane or set another one with --to; without --to, kadm resets the machine and the node stays in the cluster until you run: kadm remove ${node} --dead`,
    evidence: cause.evidence,
    cause,
  })

export const nodeRemovedOperation: Operation<NodeRemovedResource> = {
  // kadm retries when a cluster does not answer for a moment; if it never answers, kadm must not skip the drain silently.
  look: async ({node, isMember}, {api, signal, host}) => {
    try {
      const found = await (await api()).get(apiPath.nodes(node), {signal})
      return found === undefined ? undefined : 'is in the cluster'
    } catch (error) {
      if (!(error instanceof KadmError) || error.code === 'cancelled' || error.code === 'host-lost') throw error
      if (!isMember) return undefined
      throw notAsked(node, host.name, error)
    }
  },
  act: async ({node, drainMs}, context) => {
    const api = await context.api()
    await cordon(api, node, {signal: context.signal})
    await drain(api, node, {deadlineMs: drainMs, clock: context.clock, signal: context.signal, lost: 'remove'})
    await deleteNode(api, node, {signal: context.signal})
    await forceDeletePods(api, node, context.signal)
    return 'changed'
  },
}
