import {USUAL_STARTUP_SECONDS} from '../domain/cluster.ts'
import {startupSeconds} from '../kube/components.ts'
import type {KubeClient} from '../kube/client.ts'

/** How many times as long as usual things may take in this cluster: as its control plane was given time to come up (`startupTimeout`). */
export const patienceWith = async (api: KubeClient, signal: AbortSignal): Promise<number> =>
  Math.max(1, (await startupSeconds(api, {signal})) / USUAL_STARTUP_SECONDS)
