import {canonicalAddress} from './cidr.ts'

/** A member of etcd, as etcd's member list shows it. */
export interface EtcdMember {
  /** Hex digits, as etcdctl prints it. */
  readonly id: string
  /** Empty until the member has started for the first time. */
  readonly name: string
  readonly peerUrls: readonly string[]
  readonly clientUrls: readonly string[]
  /** A learner receives all data but does not vote. */
  readonly isLearner: boolean
}

/** One member as etcd's `--initial-cluster` names it. */
export interface EtcdPeer {
  readonly name: string
  readonly peerUrl: string
}

/** A member, and whether it answered and reported no errors. */
export interface AskedMember extends EtcdMember {
  readonly isHealthy: boolean
}

/** How many of these voters must agree before etcd writes anything. */
export const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1

/** How many of these voters may fail while etcd still works. */
export const toleranceOf = (voters: number): number => Math.max(0, voters - quorumOf(voters))

/** What an even number of control planes means; undefined for an odd number. It survives no more failures than one less. */
export function evenQuorum(count: number): string | undefined {
  if (count % 2 === 1) return undefined
  const fewer = toleranceOf(count - 1)
  return `has ${String(count)} control planes: etcd needs ${String(quorumOf(count))} of them, so the cluster survives the loss of ${String(toleranceOf(count))}, as with ${String(count - 1)} (${String(fewer)}); use ${String(count + 1)} control planes to survive ${String(toleranceOf(count + 1))}`
}

const votersOf = <M extends EtcdMember>(members: readonly M[]): readonly M[] =>
  members.filter(({isLearner}) => !isLearner)

const count = (number: number, what: string): string => `${String(number)} ${what}${number === 1 ? '' : 's'}`

/** Why etcd cannot change its members now, with the numbers; undefined when it can. */
export function withoutQuorum(members: readonly AskedMember[]): string | undefined {
  const voters = votersOf(members)
  const silent = voters.filter(({isHealthy}) => !isHealthy)
  const healthy = voters.length - silent.length
  const needed = quorumOf(voters.length)
  if (healthy >= needed) return undefined
  return `etcd has ${count(voters.length, 'voting member')} and needs ${String(needed)}, but only ${String(healthy)} answer${healthy === 1 ? 's' : ''}; no answer from ${silent.map(placeOf).join(', ')}`
}

/**
 * True when this member may leave: etcd agrees to it now, and still has a quorum of members that answer
 * afterwards. Otherwise the reason, with the numbers.
 */
export function mayRemove(members: readonly AskedMember[], id: string): true | string {
  const member = members.find(one => one.id === id)
  if (member === undefined) return `etcd has no member ${id}`
  const lost = withoutQuorum(members)
  if (lost !== undefined) return lost
  if (member.isLearner) return true
  const voters = votersOf(members)
  const rest = voters.filter(one => one.id !== id)
  if (rest.length === 0) return `${labelOf(member)} is the last voting member of etcd; it has all data of the cluster`
  const healthy = rest.filter(({isHealthy}) => isHealthy).length
  const needed = quorumOf(rest.length)
  if (healthy >= needed) return true
  return `without ${labelOf(member)}, etcd has ${count(rest.length, 'voting member')} and needs ${String(needed)}, but only ${String(healthy)} of them answer${healthy === 1 ? 's' : ''}`
}

/**
 * True when a member may join: every voter answers, so that the new member cannot cost the quorum. Otherwise the
 * reason, with the numbers.
 */
export function mayAdd(members: readonly AskedMember[]): true | string {
  const lost = withoutQuorum(members)
  if (lost !== undefined) return lost
  const voters = votersOf(members)
  const silent = voters.filter(({isHealthy}) => !isHealthy)
  if (silent.length === 0) return true
  const after = voters.length + 1
  const healthy = voters.length - silent.length + 1
  if (healthy > quorumOf(after)) return true
  return `${silent.map(labelOf).join(', ')} of ${count(voters.length, 'voting member')} ${silent.length === 1 ? 'does' : 'do'} not answer; with one more member, etcd needs ${String(quorumOf(after))} of ${String(after)} and has ${String(healthy)}, so the next failure stops the cluster`
}

/** A member that etcd can wait for, and whether it leads. */
export interface PausedMember extends EtcdMember {
  /** It answers a request of its own, whatever alarms it reports. */
  readonly answers: boolean
  readonly isLeader: boolean
}

/**
 * The members in the order in which each may stop for a moment: the leader last, so that it hands its work over only once. A
 * text with the numbers when a pause of one more could cost etcd its quorum.
 */
export function pauseOrder<M extends PausedMember>(members: readonly M[]): readonly M[] | string {
  const silent = members.filter(({answers}) => !answers)
  if (silent.length > 0) {
    return `${silent.map(labelOf).join(', ')} of ${count(members.length, 'member')} ${silent.length === 1 ? 'does' : 'do'} not answer, so the pause of another one could cost etcd its quorum`
  }
  if (!members.some(({isLeader}) => isLeader)) return 'etcd has no leader'
  return members.toSorted((a, b) => Number(a.isLeader) - Number(b.isLeader))
}

/** The name of a member for people; an id while it has not started. */
export const labelOf = ({name, id, peerUrls}: EtcdMember): string =>
  name === '' ? `the member ${id} (${peerUrls[0] ?? 'no address'})` : name

/** The same with the address, for a person who looks for the machine. */
const placeOf = (member: EtcdMember): string => {
  const address = urlHost(member.peerUrls[0] ?? '')
  return member.name === '' || address === undefined ? labelOf(member) : `${member.name} (${address})`
}

/** The host of a URL such as `https://10.0.0.1:2380` or `https://[fd00::1]:2380`, in its canonical form. */
export function urlHost(url: string): string | undefined {
  const [, bracketed, plain] = /^https?:\/\/(?:\[([^\]]+)\]|([^:/]+))(?::\d+)?\/?$/.exec(url) ?? []
  const host = bracketed ?? plain
  return host === undefined ? undefined : canonicalAddress(host)
}

/** The member that runs on the node with this address, as kubeadm finds it: by its first peer URL. */
export const memberAt = <M extends EtcdMember>(members: readonly M[], address: string): M | undefined =>
  members.find(({peerUrls: [first]}) => first !== undefined && urlHost(first) === canonicalAddress(address))

/** The members that belong to none of these addresses: of machines that were lost or replaced. */
export const strayMembers = <M extends EtcdMember>(
  members: readonly M[],
  addresses: readonly string[],
): readonly M[] => {
  const known = new Set(addresses.map(canonicalAddress))
  return members.filter(({peerUrls: [first]}) => first === undefined || !known.has(urlHost(first) ?? ''))
}
