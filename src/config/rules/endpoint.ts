import {canonicalAddress} from '../../domain/cidr.ts'
import {hostPort, splitHostPort} from '../../domain/endpoint.ts'

/** Adds the port to a `host` without one; undefined for an empty text. */
export function endpointWithPort(text: string | undefined, port: number): string | undefined {
  if (text === undefined || text === '') return undefined
  const parts = splitHostPort(text, port)
  return hostPort(canonicalAddress(parts.host), parts.port)
}
