import {healthOf} from '../../kube/health-endpoint.ts'
import {waitFor} from '../../kube/wait.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation, OperationContext} from '../core/operation.ts'
import {endBackOff} from '../core/back-off.ts'
import {laneWait} from './lane-wait.ts'

/** A health endpoint of a component, asked from the host itself. The certificate is not checked: these are self-signed and local. */
export interface EndpointHealthyResource extends ResourceBase {
  readonly kind: 'endpoint-healthy'
  readonly component: string
  readonly scheme: 'http' | 'https'
  readonly address: string
  readonly port: number
  readonly path: string
  readonly deadlineMs: number
  /** The static pods that must run for it: kadm ends the kubelet's back-off of one that crashed before. */
  readonly staticPods?: readonly string[]
}

/** How long a static pod may take to start before kadm looks whether the kubelet waits with it. */
const LOOK_FOR_BACK_OFF_AFTER_MS = 10_000

export const endpointHealthy = (wanted: Omit<EndpointHealthyResource, 'kind' | 'id'>): EndpointHealthyResource => ({
  kind: 'endpoint-healthy',
  id: `healthy:${wanted.component}`,
  ...wanted,
})

export const endpointHealthyOperation: Operation<EndpointHealthyResource> = {
  onlyWaits: true,
  look: async (resource, {host}) => {
    const seen = await healthOf(host, resource)
    return seen === 'ok' ? undefined : `not healthy yet: ${seen}`
  },
  act: async (resource, context) => {
    const {component, port, path, deadlineMs} = resource
    const backOff = backOffWatch(resource, context)
    await waitFor(
      {
        what: `${component} to be healthy (port ${String(port)}${path})`,
        deadlineMs,
        intervalMs: 250,
        ...laneWait(context),
        hint: "run 'kadm doctor' to see why; the logs are in 'journalctl -u kubelet' and 'crictl logs' on the host",
        onSeen: seen => context.progress(`waiting for ${component}: ${seen}`),
      },
      async () => {
        const seen = await healthOf(context.host, resource)
        if (seen === 'ok') return {value: true}
        await backOff()
        return {seen}
      },
    )
    return 'unchanged'
  },
}

/** Ends a back-off one time: a component that crashes again has a cause that a restart does not fix. */
function backOffWatch(
  {component, staticPods = []}: EndpointHealthyResource,
  {host, clock, signal, progress}: OperationContext,
): () => Promise<void> {
  let lookAt = clock.now() + LOOK_FOR_BACK_OFF_AFTER_MS
  let isEnded = staticPods.length === 0
  return async () => {
    if (isEnded || clock.now() < lookAt) return
    lookAt = clock.now() + LOOK_FOR_BACK_OFF_AFTER_MS
    const pod = await endBackOff(host, staticPods, signal)
    if (pod === undefined) return
    isEnded = true
    progress(`waiting for ${component}: restarted the kubelet, which waited before it started ${pod} again`)
  }
}
