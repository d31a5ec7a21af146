import {healthOf} from '../../kube/health-endpoint.ts'
import {waitFor} from '../../kube/wait.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation} from '../core/operation.ts'
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
}

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
        return seen === 'ok' ? {value: true} : {seen}
      },
    )
    return 'unchanged'
  },
}
