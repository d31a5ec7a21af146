import type {Duplex} from 'node:stream'
import type {Client} from 'ssh2'
import {hostLost, KadmError} from '../../domain/errors.ts'

/** RFC 4254, section 5.1. */
const PROHIBITED = 1

export interface Through {
  /** The host's name, for messages. */
  readonly host: string
  readonly client: Client
  /** Fires with the reason when the connection is lost. */
  readonly gone?: AbortSignal
}

/** A TCP stream from the machine a client is logged in to, to `address:port` as seen from there. It fails with the reason why the connection was lost. */
export const forwardThrough = ({host, client, gone}: Through, address: string, port: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const whenGone = (): void => reject(reasonOf(gone))
    const fail = (cause: Error): void => {
      gone?.removeEventListener('abort', whenGone)
      reject(gone?.aborted === true ? reasonOf(gone) : refused(host, `${address}:${String(port)}`, cause))
    }
    if (gone?.aborted === true) {
      whenGone()
      return
    }
    gone?.addEventListener('abort', whenGone, {once: true})
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (cause, channel) => {
        if (cause !== undefined) {
          fail(cause)
          return
        }
        gone?.removeEventListener('abort', whenGone)
        if (gone !== undefined) failWith(channel, gone)
        resolve(channel)
      })
    } catch (cause) {
      fail(cause instanceof Error ? cause : new Error(String(cause)))
    }
  })

/** ssh2 only ends a stream whose connection is lost, as if all data had arrived. */
function failWith(channel: Duplex, gone: AbortSignal): void {
  const tell = (): void => {
    if (channel.listenerCount('error') > 0) channel.emit('error', reasonOf(gone))
  }
  gone.addEventListener('abort', tell, {once: true})
  channel.once('close', () => gone.removeEventListener('abort', tell))
}

const reasonOf = (gone: AbortSignal | undefined): Error =>
  gone?.reason instanceof Error ? gone.reason : new Error('gone')

const refused = (host: string, to: string, cause: Error): KadmError => {
  if (openFailure(cause) === PROHIBITED)
    return new KadmError('no-forwarding', `the SSH server does not allow forwarding to ${to}`, {
      host,
      hint: "set 'AllowTcpForwarding local' in /etc/ssh/sshd_config, remove PermitOpen and DisableForwarding there and 'restrict' from your key in authorized_keys, then run: systemctl reload ssh",
      evidence: cause.message,
      cause,
    })
  if (openFailure(cause) === undefined) return hostLost(host, `the connection was lost: ${cause.message}`, {cause})
  return new KadmError('connect', `${to} does not answer from this host`, {
    isSilent: true,
    host,
    hint: `check which ports are in use: ss -lnt`,
    evidence: cause.message,
    cause,
  })
}

/** The reason number of a refused channel; undefined for any other error. */
export const openFailure = (cause: unknown): number | undefined =>
  cause instanceof Error && 'reason' in cause && typeof cause.reason === 'number' ? cause.reason : undefined
