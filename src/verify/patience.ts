import {patienceFor} from '../domain/cluster.ts'
import {startupSeconds} from '../kube/components.ts'
import type {KubeClient} from '../kube/client.ts'

/** How many times as long as usual things may take in this cluster: as its control plane was given time to come up (`startupTimeout`). */
export const patienceWith = async (api: KubeClient, signal: AbortSignal): Promise<number> =>
  patienceFor(await startupSeconds(api, {signal}))
