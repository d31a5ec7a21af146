import type {Duplex} from 'node:stream'
import type {Client} from 'ssh2'
import {hostLost, KadmError} from '../domain/errors.ts'

/** RFC 4254, section 5.1. */
const PROHIBITED = 1

/** A TCP stream from the machine a client is logged in to, to `address:port` as seen from there. */
export const forwardThrough = (host: string, client: Client, address: string, port: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(refused(host, `${address}:${String(port)}`, cause))
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (cause, channel) => {
        if (cause !== undefined) fail(cause)
        else resolve(channel)
      })
    } catch (cause) {
      fail(cause instanceof Error ? cause : new Error(String(cause)))
    }
  })

const refused = (host: string, to: string, cause: Error): KadmError => {
  if (openFailure(cause) === PROHIBITED)
    return new KadmError('connect', `its SSH server forbids forwarding to ${to}`, {
      host,
      hint: 'set AllowTcpForwarding yes (or local) in its /etc/ssh/sshd_config and reload ssh',
      cause,
    })
  if (openFailure(cause) === undefined) return hostLost(host, `the connection was lost: ${cause.message}`, {cause})
  return new KadmError('connect', `nothing answers on ${to} as seen from it`, {
    host,
    hint: `see whether something listens there: ss -lnt`,
    evidence: cause.message,
    cause,
  })
}

/** The reason number of a refused channel; undefined for any other error. */
export const openFailure = (cause: unknown): number | undefined =>
  cause instanceof Error && 'reason' in cause && typeof cause.reason === 'number' ? cause.reason : undefined
