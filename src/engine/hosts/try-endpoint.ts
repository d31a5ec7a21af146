import type {Duplex} from 'node:stream'
import {setTimeout as sleep} from 'node:timers/promises'
import {connect} from 'node:tls'
import {isIssuedBy} from '../../certs/issue.ts'
import {KadmError} from '../../domain/errors.ts'
import type {HostPort} from '../../domain/endpoint.ts'
import type {EndpointAnswer} from '../../phases/preflight/input.ts'
import type {Host} from '../../remote/host.ts'

const WITHIN_MS = 5000

/**
 * What answers at the endpoint of the cluster, asked from the host. `caPem` is the CA of the cluster, if it exists. Undefined
 * when the SSH server forwards nothing.
 */
export async function tryEndpoint(
  host: Host,
  {host: name, port}: HostPort,
  caPem: string | undefined,
): Promise<EndpointAnswer | undefined> {
  const over = new AbortController()
  const late = sleep(WITHIN_MS, undefined, {signal: over.signal}).then(
    (): EndpointAnswer => ({kind: 'silent'}),
    (): EndpointAnswer => ({kind: 'silent'}),
  )
  const answer = host.forward(name, port).then(stream => serverAt(stream, caPem, over.signal), refusal)
  try {
    return await Promise.race([answer, late])
  } finally {
    over.abort()
  }
}

/** As the SSH server of the machine, or Node on this machine, says it. */
function refusal(error: unknown): EndpointAnswer | undefined {
  if (!(error instanceof KadmError) || error.code === 'host-lost') throw error
  if (error.code === 'no-forwarding') return undefined
  const said = `${error.evidence ?? ''} ${error.cause instanceof Error ? error.cause.message : ''}`
  if (/not known|unknown host|resolve|ENOTFOUND|EAI_|no address/i.test(said)) return {kind: 'unknown-name'}
  return /refused/i.test(said) ? {kind: 'refused'} : {kind: 'silent'}
}

/** The certificate that the server at the other end of a stream shows. */
const serverAt = (stream: Duplex, caPem: string | undefined, over: AbortSignal): Promise<EndpointAnswer> =>
  new Promise(resolve => {
    const done = (answer: EndpointAnswer): void => {
      stream.destroy()
      resolve(answer)
    }
    const tooLate = (): void => done({kind: 'silent'})
    over.addEventListener('abort', tooLate, {once: true})
    if (over.aborted) tooLate()
    const socket = connect({socket: stream, servername: 'kubernetes', rejectUnauthorized: false})
    const closed = (): void => done({kind: 'closed'})
    socket.on('error', closed)
    stream.on('error', closed)
    stream.on('close', closed)
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate()
      if (shown === undefined) {
        closed()
        return
      }
      const isOfCluster = caPem === undefined ? undefined : isIssuedByAny(shown.toString(), caPem)
      done({kind: 'server', subject: shown.subject.replaceAll('\n', ', '), isOfCluster})
    })
  })

/** A cluster that replaces its CA has two for a while. */
const isIssuedByAny = (pem: string, bundle: string): boolean =>
  bundle.split(/(?=-----BEGIN CERTIFICATE-----)/).some(caPem => isIssuedBy(pem, caPem))
