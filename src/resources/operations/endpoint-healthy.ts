import {get} from 'node:http'
import {connect as tlsConnect} from 'node:tls'
import {KadmError} from '../../domain/errors.ts'
import {waitFor} from '../../kube/wait.ts'
import type {Host} from '../../remote/host.ts'
import type {ResourceBase} from '../kind.ts'
import type {Operation} from '../operation.ts'
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

/** As the probes of the kubelet have it. */
const PROBE_MS = 15_000

/** 'ok', or what was seen instead. */
async function probe(host: Host, {scheme, address, port, path}: EndpointHealthyResource): Promise<string> {
  const stream = await host.forward(address, port)
  return new Promise((resolve, reject) => {
    const socket = scheme === 'http' ? stream : tlsConnect({socket: stream, rejectUnauthorized: false})
    const done = (seen: string): void => {
      clearTimeout(timer)
      stream.destroy()
      resolve(seen)
    }
    const timer = setTimeout(() => done('no answer within 15 s'), PROBE_MS)
    const failed = (error: Error): void => {
      // A stream that breaks because the machine is lost says nothing about what it led to.
      if (error instanceof KadmError) reject(error)
      done(error.message)
    }
    stream.on('error', failed)
    socket.on('error', failed)
    const request = get({host: address, port, path, createConnection: () => socket}, response => {
      response.resume()
      done(response.statusCode === 200 ? 'ok' : `HTTP ${String(response.statusCode)}`)
    })
    request.on('error', failed)
  })
}

const seenBy = async (host: Host, resource: EndpointHealthyResource): Promise<string> => {
  try {
    return await probe(host, resource)
  } catch (error) {
    if (error instanceof KadmError && error.code === 'connect') return 'nothing listens there'
    throw error
  }
}

export const endpointHealthyOperation: Operation<EndpointHealthyResource> = {
  onlyWaits: true,
  look: async (resource, {host}) => {
    const seen = await seenBy(host, resource)
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
        hint: 'see why it does not come up: kadm doctor; the logs are in journalctl -u kubelet and crictl logs there',
        onSeen: seen => context.progress(`waiting for ${component}: ${seen}`),
      },
      async () => {
        const seen = await seenBy(context.host, resource)
        return seen === 'ok' ? {value: true} : {seen}
      },
    )
    return 'held'
  },
}
