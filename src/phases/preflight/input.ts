import type {Architecture} from '../../domain/architecture.ts'
import type {CaName} from '../../domain/certificates.ts'
import type {Cluster, HostSpec, Node, Role} from '../../domain/cluster.ts'
import type {Facts} from '../../domain/facts.ts'
import type {Finding} from './finding.ts'

/** The whole input of preflight; pure data, so that the same facts give the same findings. */
export interface PreflightInput {
  readonly cluster: Cluster
  readonly hosts: readonly JudgedHost[]
  /** Existing nodes of the cluster, as its API lists them. */
  readonly existing: readonly ExistingNode[]
  /** Hash of the CA of the cluster that the hosts join; undefined when one of the hosts has the CA or no cluster exists yet. */
  readonly clusterCaHash: string | undefined
  /** Whether the run gives the cluster the data of a backup. */
  readonly isRestore?: boolean | undefined
  /** The same of a cluster that is being restored. */
  readonly restoredCaHash?: string | undefined
  /** The authorities whose key is on no control plane of the cluster. */
  readonly elsewhere?: readonly CaName[] | undefined
  /** The control plane of these hosts that creates the cluster, or created it; undefined when the hosts join one. */
  readonly leader?: HostSpec | undefined
  readonly bundleArchitecture: Architecture | undefined
  /** The running command, for hints: 'init', 'apply', …. */
  readonly command?: string | undefined
}

/** One address that kadm reaches through the host's own connection, and whether its SSH server allowed it. */
export interface ForwardTry {
  /** `address:port`, as seen from the host. */
  readonly to: string
  readonly isForbidden: boolean
}

/** What a host meets at the endpoint of the cluster. */
export type EndpointAnswer =
  | {readonly kind: 'unknown-name' | 'refused' | 'silent' | 'closed'}
  /** A TLS server; `isOfCluster` is undefined while the cluster has no CA. */
  | {readonly kind: 'server'; readonly subject: string; readonly isOfCluster: boolean | undefined}

export interface JudgedHost {
  readonly node: Node
  readonly facts: Facts
  /** The local clock in the middle of the look. */
  readonly midpointSeconds: number
  /** The forwards that kadm tested from it; empty when it needs none. */
  readonly forwards?: readonly ForwardTry[]
  /** Undefined when the cluster has no endpoint of its own, or when it could not be tested. */
  readonly endpoint?: EndpointAnswer | undefined
  /** What a control plane meets at each address of an etcd outside the cluster, by its URL. */
  readonly outsideEtcd?: ReadonlyMap<string, EndpointAnswer | undefined> | undefined
  /** The MAC address of the machine that has the virtual address of the cluster, as the host sees it. */
  readonly neighbour?: string | undefined
}

/** From `status` of a Node object. */
export interface ExistingNode {
  readonly name: string
  readonly machineId: string
  readonly systemUuid: string
  readonly addresses: readonly string[]
  readonly role?: Role | undefined
}

/** One host as the checks see it. */
export interface HostView extends JudgedHost {
  /** Its name in findings: the node's name, with its address where two share a name. */
  readonly label: string
  readonly isControlPlane: boolean
  /** A node of this very cluster: what it has of Kubernetes comes from an earlier run and does not block this one. */
  readonly isMember: boolean
  /** Whether kadm has begun to prepare this host, finished or not. */
  readonly isBegun: boolean
}

export type HostCheck = (view: HostView, input: PreflightInput) => readonly Finding[]
export type SetCheck = (views: readonly HostView[], input: PreflightInput) => readonly Finding[]

/** The CA hash of the cluster of this run, if it is known. */
export const ownCaHash = ({clusterCaHash, restoredCaHash, hosts}: PreflightInput): string | undefined =>
  clusterCaHash ??
  restoredCaHash ??
  hosts.find(({node, facts}) => node.role === 'control-plane' && facts.clusterCaHash !== undefined)?.facts.clusterCaHash

export function viewsOf(input: PreflightInput): readonly HostView[] {
  const own = ownCaHash(input)
  const names = input.hosts.map(({node}) => node.name)
  return input.hosts.map(host => {
    const {node, facts} = host
    const isShared = names.filter(name => name === node.name).length > 1
    return {
      ...host,
      label: isShared ? `${node.name} (${placeOf(node)})` : node.name,
      isControlPlane: node.role === 'control-plane',
      isMember: own !== undefined && facts.clusterCaHash === own,
      isBegun: facts.ledgerEntries > 0,
    }
  })
}

const placeOf = ({host, address}: Node): string => (host.ssh === 'local' ? address : host.ssh.address)

export const ok = (name: string, {label}: HostView, message: string): Finding => ({
  name,
  severity: 'ok',
  hosts: [label],
  message: message,
  remedy: undefined,
})

/** Not in the expected state yet; kadm corrects it, and `remedy` says how. */
export const info = (name: string, {label}: HostView, message: string, remedy: string): Finding => ({
  name,
  severity: 'info',
  hosts: [label],
  message: message,
  remedy: remedy,
})

export const warning = (name: string, {label}: HostView, message: string, remedy: string): Finding => ({
  name,
  severity: 'warning',
  hosts: [label],
  message: message,
  remedy: remedy,
})

export const error = (name: string, {label}: HostView, message: string, remedy: string): Finding => ({
  name,
  severity: 'error',
  hosts: [label],
  message: message,
  remedy: remedy,
})
