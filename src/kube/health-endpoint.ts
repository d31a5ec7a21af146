import {get} from 'node:http'
import {connect as tlsConnect} from 'node:tls'
import {KadmError} from '../domain/errors.ts'
import type {Host} from '../remote/host.ts'

/** The health endpoint of a component. The certificate is not checked: these are self-signed and local. */
export interface HealthEndpoint {
  readonly scheme: 'http' | 'https'
  readonly address: string
  readonly port: number
  readonly path: string
}

/** The same limit as the kubelet's probes. */
const PROBE_MS = 15_000

async function probe(host: Host, {scheme, address, port, path}: HealthEndpoint): Promise<string> {
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
      // When the machine is lost, a broken stream shows nothing about the component.
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

/** Asks a health endpoint from the host itself. Gives 'ok', or what was seen instead; rejects when the host is lost. */
export const healthOf = async (host: Host, endpoint: HealthEndpoint): Promise<string> => {
  try {
    return await probe(host, endpoint)
  } catch (error) {
    if (error instanceof KadmError && error.code === 'connect') return 'nothing listens there'
    throw error
  }
}
