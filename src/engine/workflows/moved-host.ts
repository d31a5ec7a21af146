import {formatAddress, nthAddress, parseAddress, parseCidr} from '../../domain/cidr.ts'
import type {HostSpec, SshTarget} from '../../domain/cluster.ts'
import type {Facts} from '../../domain/facts.ts'
import {isUserNat} from '../../phases/preflight/candidates.ts'
import {findByHostKey, type DialServer} from '../../remote/host-keys/host-key-scan.ts'
import type {PublicHostKey} from '../../resources/host/machine-identity.ts'

/** The search never tries more addresses than this, however large the network is. */
const NARROWEST_PREFIX = 24

/** The other addresses of the machine's last network, at most one /24; empty when they are unknown. */
export function addressesAround(facts: Pick<Facts, 'network'>): readonly string[] {
  const {network} = facts
  const address = network.connectedAddress
  const entry = network.interfaces.flatMap(({addresses}) => addresses).find(a => a.address === address)
  if (address === undefined || entry?.family !== 4 || parseAddress(address) === undefined) return []
  if (isUserNat(address, facts)) return []
  const range = parseCidr(`${address}/${String(Math.max(entry.prefix, NARROWEST_PREFIX))}`)
  if (range === undefined || range.prefix > 30) return []
  const last = 2 ** (32 - range.prefix) - 1
  return Array.from({length: last - 1}, (_, i) => nthAddress(range, i + 1) ?? '').filter(other => other !== address)
}

/** The range of `addressesAround`, for people. */
export function rangeAround(facts: Pick<Facts, 'network'>): string {
  const [first] = addressesAround(facts)
  const range = parseCidr(`${first ?? ''}/${String(NARROWEST_PREFIX)}`)
  return range === undefined ? '' : `${formatAddress({family: 4, value: range.network})}/${String(range.prefix)}`
}

export interface MovedSearch {
  readonly spec: HostSpec
  readonly target: SshTarget
  readonly facts: Facts
  readonly key: PublicHostKey
  readonly port: number
  readonly dial: DialServer
  readonly signal: AbortSignal
}

/** The host at its new address, when a machine of its old network proves that it has the new key. */
export async function findMoved({spec, target, facts, key, ...how}: MovedSearch): Promise<HostSpec | undefined> {
  const address = await findByHostKey({
    ...how,
    addresses: addressesAround(facts),
    key: Buffer.from(key.blob, 'base64'),
    type: key.type,
  })
  return address === undefined ? undefined : {...spec, ssh: {...target, address}}
}
