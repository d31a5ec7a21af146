import {setTimeout as sleep} from 'node:timers/promises'
import {hostLost, KadmError} from '../../domain/errors.ts'
import {firstOf} from './first-of.ts'
import type {Host, Reached, ReachOptions, RenewOptions} from '../host.ts'

/** A connection with its address. */
export interface Connection {
  readonly host: Host
  readonly address: string
  /** Fires with the reason when the connection is lost. */
  readonly gone: AbortSignal
}

export interface Dial {
  readonly address: string
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal | undefined
}

/** How long to wait for the first address before another one is tried in parallel. */
const HEAD_START_MS = 2500
/** A machine that answers accepts a login within this time. */
const RECONNECT_MS = 10_000
/** No machine is dialled more often than this, so that no limit on logins (MaxStartups, fail2ban) is met. */
const PAUSE_MS = 1000

/**
 * A Host that reconnects by itself, to the last address that worked, when its connection is lost and the next
 * call needs it. Calls in progress fail with `host-lost` when the connection is lost: only the caller knows
 * what is safe to repeat. The first connection stays open until the host is closed, because calls on it can
 * continue while the machine is still reachable that way.
 */
export function reconnectingHost(first: Connection, dial: (to: Dial) => Promise<Connection>): Host {
  let latest = first
  let isClosed = false
  let dialling: Promise<void> | undefined
  let failedAt = -Infinity
  const listeners = new Set<(message: string) => void>()
  const tell = (message: string): void => listeners.forEach(listener => listener(message))

  const replace = async (connection: Connection): Promise<void> => {
    const before = latest
    latest = connection
    if (before !== first) await before.host.close()
    if (isClosed) await connection.host.close()
  }
  const dialAgain = async (before: Connection): Promise<void> => {
    const resting = failedAt + PAUSE_MS - performance.now()
    if (resting > 0) await sleep(resting)
    if (failedAt === -Infinity) tell(`${messageOf(before.gone.reason)}; trying to reconnect`)
    try {
      const made = await dial({address: before.address, timeoutMs: RECONNECT_MS, signal: undefined})
      // A renewal in the meantime has the newer address of the machine.
      if (latest === before) await replace(made)
      else await made.host.close()
    } catch (error) {
      if (latest !== before) return
      failedAt = performance.now()
      throw notBack(first.host.name, before, error)
    }
    failedAt = -Infinity
    tell(`reconnected to ${latest.address}`)
  }
  const reach = async ({signal}: ReachOptions = {}): Promise<void> => {
    if (isClosed || !latest.gone.aborted) return
    // One attempt for all callers; a cancelled caller only stops waiting for it.
    dialling ??= dialAgain(latest).finally(() => (dialling = undefined))
    await unlessCancelled(dialling, first.host.name, signal)
  }
  const renew = async (addresses: readonly string[], {signal, timeoutMs}: RenewOptions = {}): Promise<Reached> => {
    const places = [...new Set([latest.address, ...addresses])]
    const isTaken = {yes: false}
    const attempts = places.map(address => async (stop: AbortSignal) => {
      const connection = await dial({address, timeoutMs, signal: stop})
      if (isTaken.yes) await connection.host.close()
      isTaken.yes = true
      return connection
    })
    await replace(await firstOf(attempts, {headStartMs: HEAD_START_MS, signal}))
    failedAt = -Infinity
    return {address: latest.address, hasMoved: latest.address !== first.address}
  }
  const connected = async (options?: ReachOptions): Promise<Host> => {
    await reach(options)
    return latest.host
  }
  return {
    name: first.host.name,
    run: async (script, options) => (await connected(options)).run(script, options),
    read: async (script, options) => (await connected(options)).read(script, options),
    pipe: async (content, script, options) => {
      const host = await connected(options).catch((error: unknown) => {
        content.destroy()
        throw error
      })
      return host.pipe(content, script, options)
    },
    forward: async (host, port) => (await connected()).forward(host, port),
    reach,
    onLink: listener => void listeners.add(listener),
    renew,
    close: async () => {
      isClosed = true
      await Promise.all([...new Set([first, latest])].map(({host}) => host.close()))
    },
  }
}

async function unlessCancelled(work: Promise<void>, host: string, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work
  const settled = new AbortController()
  try {
    await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        const stop = (): void => reject(new KadmError('cancelled', 'reconnecting was stopped', {host}))
        if (signal.aborted) stop()
        signal.addEventListener('abort', stop, {once: true, signal: settled.signal})
      }),
    ])
  } finally {
    settled.abort()
  }
}

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason))

function notBack(host: string, {gone}: Connection, error: unknown): unknown {
  if (!(error instanceof KadmError) || error.code === 'cancelled') return error
  return hostLost(host, `${messageOf(gone.reason)}; reconnecting failed: ${error.message}`, {
    evidence: error.evidence,
    cause: error,
  })
}
