import type {ListedNode} from '../../domain/removal.ts'
import type {KubeClient} from '../../kube/client.ts'
import {listNodes} from '../../kube/nodes.ts'
import type {CallOptions} from '../../kube/requester.ts'

/** All nodes of the cluster, as far as a removal needs them. */
export const listedNodes = async (api: KubeClient, options: CallOptions): Promise<readonly ListedNode[]> =>
  (await listNodes(api, options)).map(({name, internalAddress: address, controlPlane}) => ({
    name,
    address,
    role: controlPlane ? 'control-plane' : 'worker',
  }))
