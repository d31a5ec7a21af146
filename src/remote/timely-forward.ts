import type {Duplex} from 'node:stream'
import {KadmError} from '../domain/errors.ts'

/**
 * The kernel and the SSH server of a machine try a silent address for more than two minutes. A cut connection to the machine itself is
 * known after 20 s at the latest, and must be reported as that.
 */
const FORWARD_MS = 25_000

export interface ForwardTarget {
  /** The host that opens the stream, for messages. */
  readonly host: string
  /** `host:port`. */
  readonly to: string
}

/** The stream, or KadmError `connect` when it did not open within `withinMs`. A stream that opens later is closed. */
export function timelyForward(
  opening: Promise<Duplex>,
  {host, to}: ForwardTarget,
  withinMs: number = FORWARD_MS,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reject(silent(host, to, withinMs))
    }, withinMs)
    opening
      .then(stream => {
        if (isLate) discard(stream)
        else resolve(stream)
      }, reject)
      .finally(() => clearTimeout(timer))
  })
}

function discard(stream: Duplex): void {
  stream.on('error', () => undefined)
  stream.destroy()
}

const silent = (host: string, to: string, withinMs: number): KadmError =>
  new KadmError('connect', `${to} does not answer from this host`, {
    isSilent: true,
    host,
    hint: 'check that its program runs and accepts connections, and that no firewall drops them: ss -lntp',
    evidence: `no connection within ${String(withinMs / 1000)} s`,
  })
