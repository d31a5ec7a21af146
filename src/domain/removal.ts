import {canonicalAddress} from './cidr.ts'
import type {Role} from './cluster.ts'
import {labelOf, mayRemove, memberAt, type AskedMember} from './etcd.ts'

/** A node as the API lists it, as far as a removal needs it. */
export interface ListedNode {
  readonly name: string
  readonly address: string | undefined
  readonly role: Role
}

/** A machine that leaves the cluster; `name` is that of its node. */
export interface Leaver extends ListedNode {
  /** Whether the API has its Node object. */
  readonly isListed: boolean
  /** The machine never comes back, so nothing is done on it. */
  readonly isDead: boolean
}

/** A member that leaves etcd together with its machine. */
export interface LeavingMember {
  readonly node: string
  readonly id: string
}

/** What a removal may do, or why it must not begin. */
export interface RemovalVerdict {
  /** The members of etcd to remove, in this order. */
  readonly members: readonly LeavingMember[]
  readonly refusals: readonly string[]
}

/** The member of etcd that runs on a machine: by its address, or by the name of its node. */
export const memberOf = <M extends AskedMember>(members: readonly M[], {name, address}: ListedNode): M | undefined =>
  (address === undefined ? undefined : memberAt(members, address)) ?? members.find(member => member.name === name)

/** Finds a node by its name or by its address. */
export const nodeNamed = <N extends ListedNode>(nodes: readonly N[], wanted: string): N | undefined =>
  nodes.find(({name}) => name === wanted) ??
  nodes.find(({address}) => address !== undefined && canonicalAddress(address) === canonicalAddress(wanted))

/**
 * Judges the removal of all these machines together, before any of it begins. Members that do not answer leave etcd
 * first: each of them that leaves lets etcd lose one more of the others.
 */
export function judgeRemoval(
  leavers: readonly Leaver[],
  nodes: readonly ListedNode[],
  members: readonly AskedMember[],
): RemovalVerdict {
  const leaving = leavers
    .flatMap(leaver => {
      const member = memberOf(members, leaver)
      return member === undefined ? [] : [{leaver, member}]
    })
    .toSorted((a, b) => Number(a.member.isHealthy) - Number(b.member.isHealthy))
  const {refusals} = leaving.reduce<{readonly left: readonly AskedMember[]; readonly refusals: readonly string[]}>(
    ({left, refusals: before}, {leaver, member}) => {
      const may = mayRemove(left, member.id)
      if (may !== true) return {left, refusals: [...before, `cannot remove ${leaver.name} from etcd: ${may}`]}
      return {left: left.filter(({id}) => id !== member.id), refusals: before}
    },
    {left: members, refusals: []},
  )
  return {
    members: leaving.map(({leaver, member}) => ({node: leaver.name, id: member.id})),
    refusals: [...lastControlPlane(leavers, nodes), ...alive(leaving), ...refusals],
  }
}

function lastControlPlane(leavers: readonly Leaver[], nodes: readonly ListedNode[]): readonly string[] {
  const names = new Set(leavers.map(({name}) => name))
  const controlPlanes = nodes.filter(({role}) => role === 'control-plane')
  const going = controlPlanes.filter(({name}) => names.has(name))
  if (going.length === 0 || going.length < controlPlanes.length) return []
  const [only] = going
  return [
    going.length === 1 && only !== undefined
      ? `${only.name} is the last control plane; without it, there is no cluster`
      : `${going.map(({name}) => name).join(', ')} are all ${String(going.length)} control planes; without them, there is no cluster`,
  ]
}

/** A machine whose etcd answers is not dead, whatever the person says. */
const alive = (leaving: readonly {readonly leaver: Leaver; readonly member: AskedMember}[]): readonly string[] =>
  leaving.flatMap(({leaver, member}) =>
    leaver.isDead && member.isHealthy
      ? [`cannot remove ${leaver.name} as dead: its member of etcd answers (${labelOf(member)})`]
      : [],
  )
