import {canonicalAddress} from '../../domain/cidr.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Facts} from '../../domain/facts.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import {nodeNamed, type Leaver, type ListedNode} from '../../domain/removal.ts'

/** A machine to remove, as the person names it. */
export interface RemovalTarget {
  readonly named: string
  /** Where kadm logs in to it, if that is known. */
  readonly spec: HostSpec | undefined
  /** Whether the file lists it, so that an unknown node is one that an earlier run removed. */
  readonly isInFile: boolean
}

/** The node of a machine that kadm cannot ask, by what the person and the file say. Throws for a node that nobody knows. */
export function deadLeaver(target: RemovalTarget, nodes: readonly ListedNode[]): Leaver {
  const node = listedAs(target, nodes)
  if (node === undefined && !target.isInFile) throw unknownNode(target.named, nodes)
  const {spec} = target
  const sshAddress = spec === undefined || spec.ssh === 'local' ? undefined : spec.ssh.address
  return {
    name: node?.name ?? spec?.nodeName ?? spec?.name ?? target.named,
    address: node?.address ?? spec?.address ?? sshAddress,
    role: node?.role ?? spec?.role ?? 'worker',
    isListed: node !== undefined,
    isDead: true,
  }
}

type Known = Pick<Facts, 'nodeName' | 'hostname' | 'advertiseAddress' | 'files' | 'network'>

/**
 * The node of a machine that answers: the machine itself says which node it is. Throws for a machine that is not a node, and whose name
 * belongs to the node of another machine.
 */
export function aliveLeaver(target: RemovalTarget, facts: Known, nodes: readonly ListedNode[]): Leaver {
  const node =
    facts.nodeName === undefined
      ? (listedAs(target, nodes) ?? nodeNamed(nodes, facts.hostname))
      : nodeNamed(nodes, facts.nodeName)
  if (node !== undefined && facts.nodeName === undefined) refuseOther(node, facts)
  const isControlPlane = facts.files[`${MANIFESTS_DIR}/kube-apiserver.yaml`] !== undefined
  return {
    name: node?.name ?? facts.nodeName ?? facts.hostname,
    address: node?.address ?? facts.advertiseAddress ?? facts.network.connectedAddress,
    role: isControlPlane ? 'control-plane' : (node?.role ?? 'worker'),
    isListed: node !== undefined,
    isDead: false,
  }
}

const listedAs = ({named, spec}: RemovalTarget, nodes: readonly ListedNode[]): ListedNode | undefined =>
  [
    named,
    spec?.nodeName,
    spec?.name,
    spec?.address,
    spec === undefined || spec.ssh === 'local' ? undefined : spec.ssh.address,
  ]
    .flatMap(text => (text === undefined ? [] : (nodeNamed(nodes, text) ?? [])))
    .at(0)

/** A machine that lost its files keeps its address; another machine that only has the name does not have it. */
function refuseOther(node: ListedNode, {network}: Known): void {
  const own = new Set(
    [network.connectedAddress, ...network.interfaces.flatMap(({addresses}) => addresses.map(({address}) => address))]
      .filter(address => address !== undefined)
      .map(canonicalAddress),
  )
  if (node.address === undefined || own.has(canonicalAddress(node.address))) return
  throw new KadmError(
    'preflight',
    `the node ${node.name} is another machine, at ${node.address}, and this machine is not a node`,
    {
      hint: `name the machine of the node as user@${node.address}; if it never comes back, run: kadm remove ${node.name} --dead`,
    },
  )
}

/** For a name that neither the cluster nor the file has. */
export const unknownNode = (named: string, nodes: readonly ListedNode[]): KadmError =>
  new KadmError('usage', `the cluster has no node '${named}'`, {
    hint: 'name a node of the cluster, or its machine as user@address; if kadm was interrupted after it removed the node, run: kadm reset user@address',
    evidence: `nodes: ${nodes.map(({name}) => name).join(', ')}`,
  })
