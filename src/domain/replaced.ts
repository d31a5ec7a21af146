import {canonicalAddress} from './cidr.ts'
import {strayMembers, urlHost, type AskedMember} from './etcd.ts'
import {memberOf, type Leaver, type ListedNode} from './removal.ts'

/** A host of the run as a node. */
export interface RunNode {
  readonly name: string
  readonly address: string
  /** It is not a member of etcd yet. */
  readonly isNew: boolean
}

export interface ReplacementInput {
  /** The nodes that the API lists. */
  readonly listed: readonly ListedNode[]
  readonly run: readonly RunNode[]
  /** Names and addresses of hosts that the file lists and that this run does not reach. */
  readonly skipped: readonly string[]
  readonly members: readonly AskedMember[]
}

/** A control plane that the cluster has besides the hosts of the file, perhaps a lost one. */
export interface Suspect extends Leaver {
  /** A new host of the file has its name. */
  readonly isNamesake: boolean
}

/**
 * Control planes that the cluster has and the file does not: nodes, members of etcd without a node, and the predecessors of new
 * hosts with the same name. Those whose member answers are left out, unless a new host needs the name.
 */
export function missingControlPlanes({listed, run, skipped, members}: ReplacementInput): readonly Suspect[] {
  const isSkipped = (text: string | undefined): boolean => text !== undefined && skipped.includes(text)
  const own = new Map(run.map(node => [node.name, node]))
  const nodes = listed.flatMap((node): readonly Suspect[] => {
    const host = own.get(node.name)
    const isNamesake = host !== undefined && host.isNew && !isSame(host.address, node.address)
    const isOutside = host === undefined && ![node.name, node.address].some(isSkipped)
    if (node.role !== 'control-plane' || !(isNamesake || isOutside)) return []
    return [{...node, isListed: true, isDead: true, isNamesake}]
  })
  const addresses = [...listed.flatMap(({address}) => address ?? []), ...run.map(({address}) => address)]
  const strays = strayMembers(members, addresses)
    .filter(({name}) => !nodes.some(node => memberOf(members, node)?.name === name))
    .map(({name, id, peerUrls: [url]}): Suspect => ({
      name: name === '' ? id : name,
      address: url === undefined ? undefined : urlHost(url),
      role: 'control-plane',
      isListed: false,
      isDead: true,
      isNamesake: false,
    }))
    .filter(({name, address}) => ![name, address].some(isSkipped))
  return [...nodes, ...strays].filter(suspect => suspect.isNamesake || memberOf(members, suspect)?.isHealthy !== true)
}

const isSame = (a: string, b: string | undefined): boolean =>
  b !== undefined && canonicalAddress(a) === canonicalAddress(b)
