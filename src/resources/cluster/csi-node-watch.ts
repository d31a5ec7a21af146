import {apiPath} from '../../kube/kinds.ts'
import {sh} from '../../remote/shell/shell.ts'
import type {OperationContext} from '../core/operation.ts'
import {AT_ONCE} from './api-look.ts'

/** The kubelet creates its CSINode within milliseconds after the node has registered, if it does not wait. */
const PATIENCE_MS = 2500

const RESTARTED = 'the kubelet was restarted, because it waited before it creates the CSINode of the node'

/**
 * Ends, one time, the wait of a kubelet whose node registered late. A kubelet creates the CSINode object as soon as it starts, and until
 * then its node is not Ready; where the node does not exist yet, it tries again after 4 s, 23 s and 140 s (`initializeCSINode`,
 * k8s.io/kubernetes pkg/volume/csi/csi_plugin.go). To be called for a node that is registered and not Ready; says what it did.
 */
export function csiNodeWatch(node: string, context: OperationContext): () => Promise<string | undefined> {
  const {api, clock, host, signal} = context
  let missingSince: number | undefined
  let isRestarted = false
  return async () => {
    if (isRestarted) return RESTARTED
    const found = await (await api()).get(apiPath.csiNodes(node), AT_ONCE)
    if (found !== undefined) return undefined
    missingSince ??= clock.now()
    if (clock.now() - missingSince < PATIENCE_MS) return undefined
    isRestarted = true
    await host.read(sh`systemctl restart kubelet.service`.text, {signal})
    return RESTARTED
  }
}
