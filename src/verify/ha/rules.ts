import {urlHost, type AskedMember} from '../../domain/etcd.ts'
import {canonicalAddress} from '../../domain/cidr.ts'
import type {NetworkFacts} from '../../domain/facts.ts'
import type {NodeStatus} from '../../kube/nodes.ts'

/** A machine of the cluster that kadm can log in to. */
export interface HaMachine {
  readonly node: string
  readonly controlPlane: boolean
}

/** Which member of etcd a round powers off. */
export type Role = 'follower' | 'leader'

/** A member of etcd, and whether it leads now. */
export interface HaMember extends AskedMember {
  readonly isLeader: boolean
}

/** Fewer cannot lose one and keep a quorum. */
const FEWEST = 3

const listed = (names: readonly string[]): string => names.join(', ')

/** Why no control plane may be powered off now, each with the numbers; empty when one may. */
export function haRefusals(
  machines: readonly HaMachine[],
  nodes: readonly NodeStatus[],
  members: readonly HaMember[],
): readonly string[] {
  const voters = members.filter(({isLearner}) => !isLearner)
  const silent = voters.filter(({isHealthy}) => !isHealthy)
  const learners = members.filter(({isLearner}) => isLearner)
  const notReady = nodes.filter(({controlPlane, ready}) => controlPlane && !ready)
  const named = new Set(machines.map(({node}) => node))
  const missing = nodes.filter(({name, controlPlane}) => controlPlane && !named.has(name))
  const healthy = voters.length - silent.length
  return [
    ...(healthy < FEWEST
      ? [
          `etcd has ${String(voters.length)} voting members, of which ${String(healthy)} answer; kadm needs at least ${String(FEWEST)} that answer, so that one may fail`,
        ]
      : silent.length > 0
        ? [`${listed(silent.map(({name}) => name))} of ${String(voters.length)} voting members of etcd do not answer`]
        : []),
    ...(learners.length === 0 ? [] : [`${listed(learners.map(({name, id}) => name || id))} still joins etcd`]),
    ...notReady.map(({name, reason}) => `${name} is not Ready${reason === undefined ? '' : `: ${reason}`}`),
    ...(missing.length === 0
      ? []
      : [`kadm needs a login to every control plane; not named: ${listed(missing.map(({name}) => name))}`]),
  ]
}

/** The member that runs on a machine, by the name of its node or by its address. */
export const memberOn = (
  members: readonly HaMember[],
  node: string,
  address: string | undefined,
): HaMember | undefined =>
  members.find(({name}) => name === node) ??
  members.find(({peerUrls: [url = '']}) => address !== undefined && urlHost(url) === canonicalAddress(address))

/**
 * The machine to power off: the one with the leader, or a control plane without it. Of these, one that has the address of the endpoint
 * comes first: without it, an address that moves would stay where it is.
 */
export function victimFor<M extends HaMachine>(
  role: Role,
  machines: readonly M[],
  {leads, hasEndpoint}: {readonly leads: (machine: M) => boolean; readonly hasEndpoint: (machine: M) => boolean},
): M | undefined {
  const fitting = machines.filter(machine => machine.controlPlane && leads(machine) === (role === 'leader'))
  return fitting.find(hasEndpoint) ?? fitting[0]
}

/** Whether a machine has an address; it has none that is only a name. */
export const hasAddress = ({interfaces}: NetworkFacts, host: string): boolean =>
  interfaces.some(({addresses}) => addresses.some(({address}) => canonicalAddress(address) === canonicalAddress(host)))

/** From where the endpoint is asked while the victim is off: a worker, or else another control plane. */
export const askerFor = <M extends HaMachine>(machines: readonly M[], victim: M): M | undefined =>
  machines.find(({controlPlane}) => !controlPlane) ?? machines.find(machine => machine !== victim)

/** How nodes reach the API. */
export type Way = 'local' | 'vip' | 'external'
