import {timeoutScaleFor} from '../domain/cluster.ts'
import {startupSeconds} from '../kube/components.ts'
import type {KubeClient} from '../kube/client.ts'

/** How many times as long as usual things may take in this cluster: as its control plane was given time to come up (`startupTimeout`). */
export const timeoutScaleOf = async (api: KubeClient, signal: AbortSignal): Promise<number> =>
  timeoutScaleFor(await startupSeconds(api, {signal}))
