import type {Clock} from '../../src/domain/clock.ts'
import {hostLost} from '../../src/domain/errors.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import type {Host} from '../../src/remote/host.ts'

export interface Death {
  /** The number of the call, from 1, during which the connection is lost. */
  readonly at: number
  /** Whether that call does its work over there all the same, and only its answer is lost. */
  readonly isDone: boolean
  /** How long the machine is away; Infinity for good. */
  readonly awayMs: number
}

export interface MortalHost extends Host {
  readonly calls: () => number
  readonly lostAt: () => number | undefined
  /** The API as it is reached by this machine. */
  readonly apiBy: (api: KubeClient) => KubeClient
}

/** A host whose connection is lost once and, when the machine is back, stands again by itself. */
export function mortalHost(host: Host, clock: Clock, death: Death): MortalHost {
  let calls = 0
  let lostAt: number | undefined
  const isAway = (): boolean => lostAt !== undefined && clock.now() - lostAt < death.awayMs
  const lost = () => hostLost(host.name, 'the connection to 10.0.0.2 was lost')
  const over = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isAway()) throw lost()
    calls += 1
    if (calls !== death.at) return work()
    if (death.isDone) await work()
    lostAt = clock.now()
    throw lost()
  }
  return {
    ...host,
    calls: () => calls,
    lostAt: () => lostAt,
    reach: () => (isAway() ? Promise.reject(lost()) : Promise.resolve()),
    run: (script, options) => over(() => host.run(script, options)),
    read: (script, options) => over(() => host.read(script, options)),
    apiBy: api => ({
      ...api,
      get: (path, options) => over(() => api.get(path, options)),
      apply: (object, options) => over(() => api.apply(object, options)),
    }),
  }
}
