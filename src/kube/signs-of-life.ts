import type {Clock} from '../domain/clock.ts'
import type {KubeClient} from './client.ts'
import {conditionOf, textAt} from './json.ts'
import {apiPath} from './kinds.ts'

/** A kubelet renews the Lease of its node every 10 s (nodeLeaseDurationSeconds / 4). */
const WATCH_MS = 25_000
const INTERVAL_MS = 2_500

export interface Watching {
  readonly api: KubeClient
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly progress: (message: string) => void
}

/**
 * What shows that the kubelet of a node still works; undefined for a node whose kubelet is silent. The API shows a node
 * as Ready for 40 s after its kubelet stopped, so the Lease of the node decides.
 */
export async function signOfLife(node: string, {api, clock, signal, progress}: Watching): Promise<string | undefined> {
  const found = await api.get(apiPath.nodes(node), {signal})
  if (found === undefined || textAt(conditionOf(found, 'Ready'), 'status') === 'Unknown') return undefined
  const path = apiPath.leases(node, 'kube-node-lease')
  const renewal = async (): Promise<string | undefined> => textAt(await api.get(path, {signal}), 'spec', 'renewTime')
  const before = await renewal()
  progress(`looking for ${String(WATCH_MS / 1000)} s whether the kubelet of ${node} still reports`)
  const end = clock.now() + WATCH_MS
  while (clock.now() < end) {
    await clock.sleep(INTERVAL_MS, signal)
    signal.throwIfAborted()
    const now = await renewal()
    if (now !== before) return `its kubelet still reports (last at ${now ?? 'an unknown time'})`
  }
  return undefined
}
