import {KadmError} from '../../../src/domain/errors.ts'
import type {KubeClient} from '../../../src/kube/client.ts'
import type {EtcdClient} from '../../../src/kube/etcd/etcd-client.ts'
import type {Host} from '../../../src/remote/host.ts'
import type {OperationContext} from '../../../src/resources/core/operation.ts'
import {noValues} from '../../engine/sample-run.ts'
import {fakeClock} from '../../kube/fake-api.ts'

const none = (what: string) => () => Promise.reject(new Error(`nobody asks for ${what} in this test`))

/** A host that cannot do anything but be connected through, where a test says how. */
const hostWith = (forward: Host['forward'], run: Host['run'] = none('a script')): Host => ({
  name: 'vm-1',
  run,
  read: none('a script'),
  pipe: none('a pipe'),
  forward,
  close: () => Promise.resolve(),
})

export interface ContextOptions {
  readonly api?: KubeClient | KadmError
  readonly superApi?: KubeClient
  readonly etcd?: EtcdClient
  readonly forward?: Host['forward']
  readonly run?: Host['run']
  readonly signal?: AbortSignal
  readonly caPem?: string
}

/** What an operation is given: an API (or the reason why there is none), time that passes only by waiting, and what it tells. */
export function operationContext(options: ContextOptions = {}): OperationContext & {
  readonly told: readonly string[]
  readonly clock: ReturnType<typeof fakeClock>
} {
  const {api, superApi, etcd, caPem} = options
  const told: string[] = []
  return {
    told,
    host: hostWith(
      options.forward ?? (() => Promise.reject(new KadmError('connect', 'nothing listens there'))),
      options.run,
    ),
    api: () => {
      if (api === undefined) return none('the API')()
      return api instanceof KadmError ? Promise.reject(api) : Promise.resolve(api)
    },
    etcd: etcd === undefined ? none('etcd') : () => Promise.resolve(etcd),
    superApi: superApi === undefined ? none('the super administrator') : () => Promise.resolve(superApi),
    values: caPem === undefined ? noValues : {...noValues, clusterCa: () => Promise.resolve(caPem)},
    signal: options.signal ?? new AbortController().signal,
    clock: fakeClock(),
    progress: message => told.push(message),
  }
}
