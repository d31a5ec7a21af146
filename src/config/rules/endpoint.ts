import {canonicalAddress} from '../../domain/cidr.ts'
import {hostPort, splitHostPort} from '../../domain/endpoint.ts'

/** `host:port` of what was written as `host` or `host:port`; nothing for nothing. */
export function endpointWithPort(text: string | undefined, port: number): string | undefined {
  if (text === undefined || text === '') return undefined
  const parts = splitHostPort(text, port)
  return hostPort(canonicalAddress(parts.host), parts.port)
}
