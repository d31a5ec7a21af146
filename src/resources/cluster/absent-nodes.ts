import {canonicalAddress} from '../../domain/cidr.ts'
import {forceDeletePods} from '../../kube/drain/drain.ts'
import type {KubeClient} from '../../kube/client.ts'
import {deleteNode, listNodes, type NodeStatus} from '../../kube/nodes.ts'
import {signOfLife} from '../../kube/signs-of-life.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation} from '../core/operation.ts'
import {apiLook} from './api-look.ts'

/**
 * No Node objects of machines that do not exist any more: restored data list all nodes of their time. A node that still reports stays, also
 * when the run does not know it.
 */
export interface AbsentNodesResource extends ResourceBase {
  readonly kind: 'absent-nodes'
  /** Names and addresses of the machines that the cluster has. */
  readonly present: readonly string[]
}

export const absentNodes = (wanted: Omit<AbsentNodesResource, 'kind' | 'id'>): AbsentNodesResource => ({
  kind: 'absent-nodes',
  id: 'absent-nodes',
  ...wanted,
})

async function unknownNodes({present}: AbsentNodesResource, api: KubeClient): Promise<readonly NodeStatus[]> {
  const known = new Set(present.map(canonicalAddress))
  return (await listNodes(api)).filter(
    ({name, internalAddress}) =>
      !known.has(name) && (internalAddress === undefined || !known.has(canonicalAddress(internalAddress))),
  )
}

export const absentNodesOperation: Operation<AbsentNodesResource> = {
  look: (resource, context) =>
    apiLook(context, async api => {
      const nodes = await unknownNodes(resource, api)
      return nodes.length === 0 ? undefined : `the cluster lists other nodes: ${nodes.map(({name}) => name).join(', ')}`
    }),
  act: async (resource, context) => {
    const {signal, clock, progress} = context
    const api = await context.api()
    const nodes = await unknownNodes(resource, api)
    const found = await Promise.all(
      nodes.map(async ({name}) => ({name, sign: await signOfLife(name, {api, clock, signal, progress})})),
    )
    const gone = found.filter(({sign}) => sign === undefined)
    for (const {name} of gone) {
      progress(`removes the node ${name}: its machine does not report`)
      await deleteNode(api, name, {signal})
      await forceDeletePods(api, name, signal)
    }
    return gone.length === 0 ? 'unchanged' : 'changed'
  },
}
