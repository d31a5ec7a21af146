import {randomBytes} from 'node:crypto'
import type {Clock} from '../../src/domain/clock.ts'
import type {Node} from '../../src/domain/cluster.ts'
import {changeHost} from '../../src/engine/hosts/change-host.ts'
import {look, type Looked} from '../../src/engine/hosts/look.ts'
import type {Lease} from '../../src/engine/lease/lease.ts'
import type {Machine} from '../../src/engine/hosts/machine.ts'
import type {Proving} from '../../src/engine/hosts/confirm-or-roll-back.ts'
import type {Host} from '../../src/remote/host.ts'
import type {AnyHostResource} from '../../src/resources/any-resource.ts'
import type {Values} from '../../src/resources/core/values.ts'
import {sampleFacts, sampleSpec} from '../phases/preflight/sample.ts'

export const NEVER = new AbortController().signal

const none = (): Promise<never> => Promise.reject(new Error('nothing is made in this test'))

export const noValues: Values = {
  authority: none,
  setAuthority: () => undefined,
  serviceAccountKey: none,
  setServiceAccountKey: () => undefined,
  joinEtcd: none,
  sharedFile: none,
  clusterCa: none,
  bootstrapToken: none,
  isTokenLeft: none,
  revokeToken: none,
  releaseHash: none,
  makeKey: none,
  now: new Date('2026-06-01T00:00:00Z'),
  random: randomBytes,
}

export const sampleNode = (name: string, role: Node['role'] = 'worker'): Node => ({
  host: sampleSpec({name, role}),
  role,
  name,
  address: '192.168.56.11',
  networkInterface: 'enp0s8',
})

const ownClock: Clock = {now: () => 0, sleep: () => Promise.resolve()}

/** For the run that holds the lease of a host with this fencing number; trials are told to nobody. */
export const proving = (host: Host, fence: number, clock: Clock = ownClock): Proving => ({
  host,
  fence,
  clock,
  signal: NEVER,
  progress: () => undefined,
  warn: () => undefined,
})

export const machineAt = (host: Host, fence: number, role: Node['role'] = 'worker'): Machine => ({
  host,
  node: sampleNode(host.name, role),
  facts: sampleFacts(11),
  lease: heldLease(fence),
})

/** A lease with this number that nobody takes over. */
export const heldLease = (fence: number): Lease => ({
  fence,
  taken: NEVER,
  lost: NEVER,
  confirm: () => Promise.resolve(),
  lend: work => work(),
  release: () => Promise.resolve(),
  forget: () => Promise.resolve(),
})

/** Looks at these things on a host and changes what differs, as one phase of a run does. */
export async function apply(
  host: Host,
  resources: readonly AnyHostResource[],
  options: {
    readonly fence?: number
    readonly onFurtherChanges?: (found: readonly Looked[]) => void
    readonly values?: Values
    readonly progress?: (message: string) => void
  } = {},
): Promise<number> {
  const found = await look(host, resources, NEVER)
  return changeHost(
    {
      ...proving(host, options.fence ?? 1),
      machine: machineAt(host, options.fence ?? 1),
      everything: resources,
      values: options.values ?? noValues,
      upload: () => Promise.resolve(),
      onFurtherChanges: options.onFurtherChanges ?? (() => undefined),
      progress: options.progress ?? (() => undefined),
      signal: NEVER,
    },
    found.filter(({diff}) => diff !== undefined),
  )
}
