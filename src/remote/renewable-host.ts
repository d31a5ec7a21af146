import {firstOf} from './first-of.ts'
import type {Host} from './host.ts'

/** A connection with where it leads. */
export interface Connection {
  readonly host: Host
  readonly address: string
}

export interface Dial {
  readonly address: string
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal | undefined
}

/** The way that is tried first is waited for this long before another address is tried beside it. */
const HEAD_START_MS = 2500

/**
 * A Host whose connection can be made anew. The first stays open until all is closed: what still runs over it goes on where the machine
 * is still reached that way.
 */
export function renewableHost(first: Connection, dial: (to: Dial) => Promise<Connection>): Host {
  let latest = first
  const now = (): Connection => latest
  return {
    name: first.host.name,
    run: (script, options) => now().host.run(script, options),
    read: (script, options) => now().host.read(script, options),
    pipe: (content, script, options) => now().host.pipe(content, script, options),
    forward: (host, port) => now().host.forward(host, port),
    renew: async (addresses, {signal, timeoutMs} = {}) => {
      const places = [...new Set([now().address, ...addresses])]
      const isTaken = {yes: false}
      const attempts = places.map(address => async (stop: AbortSignal) => {
        const connection = await dial({address, timeoutMs, signal: stop})
        if (isTaken.yes) await connection.host.close()
        isTaken.yes = true
        return connection
      })
      const connection = await firstOf(attempts, {headStartMs: HEAD_START_MS, signal})
      if (latest !== first) await latest.host.close()
      latest = connection
      return {address: connection.address, hasMoved: connection.address !== first.address}
    },
    close: async () => {
      await Promise.all([first, latest].map(({host}) => host.close()))
    },
  }
}
