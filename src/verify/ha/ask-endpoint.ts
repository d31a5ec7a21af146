import type {Clock} from '../../domain/clock.ts'
import {KadmError} from '../../domain/errors.ts'
import {healthOf} from '../../kube/health-endpoint.ts'
import {apiPath} from '../../kube/kinds.ts'
import type {Host} from '../../remote/host.ts'
import type {Sample} from './outage.ts'

/** A request every so often, whether or not earlier ones are answered. */
const INTERVAL_MS = 200
/** A client that waits longer has noticed the outage. */
const PATIENCE_MS = 5000

export interface EndpointAddress {
  readonly host: string
  readonly port: number
}

/**
 * A cluster as kubeadm makes it shows this to everyone, and the API server reads it from etcd each time. While etcd has no leader, such a
 * request waits, where /readyz says no, and says so for up to a second after the election.
 */
const READ = apiPath.configMaps('cluster-info', 'kube-public')

/** Answers that show an API server: it may refuse anonymous requests, and need not have the object. */
const ANSWERED = ['ok', 'HTTP 401', 'HTTP 403', 'HTTP 404']

/** Reads by the endpoint once from a machine, over a new connection; returns why it failed. Rejects when the machine itself is lost. */
export async function askEndpoint(
  from: Host,
  {host: address, port}: EndpointAddress,
  clock: Clock,
): Promise<string | undefined> {
  const asking = healthOf(from, {scheme: 'https', address, port, path: READ})
  const done = new AbortController()
  // The request that nobody waits for any more may still fail.
  asking.catch(() => undefined)
  const late = clock.sleep(PATIENCE_MS, done.signal).then(() => `no answer within ${String(PATIENCE_MS / 1000)} s`)
  try {
    const seen = await Promise.race([asking, late])
    return ANSWERED.includes(seen) ? undefined : seen
  } finally {
    done.abort()
  }
}

export interface Asking {
  /** Ends the requests, waits for the last ones, and returns all. Rejects when the machine that asks was lost. */
  readonly stop: () => Promise<readonly Sample[]>
}

/** Repeats the request until it is stopped. */
export function keepAsking(ask: () => Promise<string | undefined>, clock: Clock): Asking {
  const over = new AbortController()
  const pending: Promise<Sample>[] = []
  const one = async (): Promise<Sample> => {
    const startedAt = clock.now()
    const failure = await ask()
    return {startedAt, endedAt: clock.now(), failure}
  }
  const loop = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const sample = one()
      // Whoever stops learns of it.
      sample.catch(() => undefined)
      pending.push(sample)
      await clock.sleep(INTERVAL_MS, over.signal)
    }
  }
  const running = loop()
  return {
    stop: async () => {
      over.abort()
      await running
      const done = await Promise.allSettled(pending)
      const lost = done.find(result => result.status === 'rejected')
      if (lost !== undefined) throw asError(lost.reason)
      return done.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    },
  }
}

const asError = (reason: unknown): Error =>
  reason instanceof KadmError || reason instanceof Error ? reason : new Error(String(reason))
