import type {HostSpec} from '../../domain/cluster.ts'
import {isUnreachable, KadmError} from '../../domain/errors.ts'
import {nodeNamed, type Leaver, type ListedNode} from '../../domain/removal.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import type {Host} from '../../remote/host.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {openMachines, type Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from '../workflows/options.ts'

/** A machine to remove, as the person names it. */
export interface RemovalTarget {
  readonly named: string
  /** Where kadm logs in to it, if that is known. */
  readonly spec: HostSpec | undefined
  /** Whether the file lists it, so that an unknown node is one that an earlier run removed. */
  readonly isInFile: boolean
}

/** A leaver, and the machine for one that is alive. */
export interface FoundLeaver {
  readonly leaver: Leaver
  readonly candidate: Candidate | undefined
}

export interface FindOptions extends Pick<WorkflowOptions, 'cluster' | 'connect' | 'clock' | 'signal' | 'emit'> {
  readonly targets: readonly RemovalTarget[]
  readonly nodes: readonly ListedNode[]
  readonly isDead: boolean
  /** How kadm logs in to a node of which it knows only the address. */
  readonly specAt: (address: string) => HostSpec
  readonly connections: Host[]
}

/** Finds the node of each machine; connects to those that are not dead. */
export async function findLeavers(options: FindOptions): Promise<readonly FoundLeaver[]> {
  const found = await onEach(options.targets, MACHINES_AT_ONCE, target =>
    options.isDead ? Promise.resolve(deadOne(target, options)) : aliveOne(target, options),
  )
  return [...new Map(found.map(one => [one.leaver.name, one])).values()]
}

const isAt = (spec: HostSpec | undefined): readonly string[] =>
  spec === undefined
    ? []
    : [spec.nodeName, spec.name, spec.address, spec.ssh === 'local' ? undefined : spec.ssh.address].filter(
        text => text !== undefined,
      )

const listedAs = (target: RemovalTarget, nodes: readonly ListedNode[]): ListedNode | undefined =>
  [target.named, ...isAt(target.spec)].map(text => nodeNamed(nodes, text)).find(node => node !== undefined)

function deadOne(target: RemovalTarget, {nodes}: FindOptions): FoundLeaver {
  const node = listedAs(target, nodes)
  if (node === undefined && !target.isInFile) throw unknownNode(target.named, nodes)
  const {spec} = target
  return {
    candidate: undefined,
    leaver: {
      name: node?.name ?? spec?.nodeName ?? spec?.name ?? target.named,
      address:
        node?.address ?? spec?.address ?? (spec === undefined || spec.ssh === 'local' ? undefined : spec.ssh.address),
      role: node?.role ?? spec?.role ?? 'worker',
      isListed: node !== undefined,
      isDead: true,
    },
  }
}

async function aliveOne(target: RemovalTarget, options: FindOptions): Promise<FoundLeaver> {
  const {nodes, specAt, connections} = options
  const known = target.spec ?? atNode(nodeNamed(nodes, target.named), specAt)
  if (known === undefined) throw unknownNode(target.named, nodes)
  const [candidate] = await openMachines([known], options, connections).catch((error: unknown) => {
    throw isUnreachable(error) ? mayBeDead(error, target.named) : error
  })
  if (candidate === undefined) throw new Error(`${target.named} did not become a machine of the run`)
  const {facts} = candidate.gathered
  const node =
    facts.nodeName === undefined
      ? (listedAs(target, nodes) ?? nodeNamed(nodes, facts.hostname))
      : nodeNamed(nodes, facts.nodeName)
  const isControlPlane = facts.files[`${MANIFESTS_DIR}/kube-apiserver.yaml`] !== undefined
  return {
    candidate,
    leaver: {
      name: node?.name ?? facts.nodeName ?? facts.hostname,
      address: node?.address ?? facts.advertiseAddress ?? facts.network.connectedAddress,
      role: isControlPlane ? 'control-plane' : (node?.role ?? 'worker'),
      isListed: node !== undefined,
      isDead: false,
    },
  }
}

const atNode = (node: ListedNode | undefined, specAt: FindOptions['specAt']): HostSpec | undefined =>
  node?.address === undefined ? undefined : {...specAt(node.address), role: node.role}

const unknownNode = (named: string, nodes: readonly ListedNode[]): KadmError =>
  new KadmError('usage', `the cluster has no node '${named}'`, {
    hint: 'name a node of the cluster, or its machine as user@address; if kadm was interrupted after it removed the node, run: kadm reset user@address',
    evidence: `nodes: ${nodes.map(({name}) => name).join(', ')}`,
  })

const mayBeDead = (error: KadmError, named: string): KadmError =>
  new KadmError(error.code, error.message, {
    host: error.host,
    cause: error,
    evidence: error.evidence,
    hint: `check that the machine is on and that this network reaches it; if it never comes back, run: kadm remove ${named} --dead`,
  })
