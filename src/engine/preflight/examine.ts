import {inspect} from '../../certs/inspect.ts'
import type {Cluster, Node} from '../../domain/cluster.ts'
import {splitHostPort} from '../../domain/endpoint.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {listNodes} from '../../kube/nodes.ts'
import {addressChoices, type AddressChoice} from '../../phases/preflight/address-choice.ts'
import {applyIgnores, gatherEqual, type Finding} from '../../phases/preflight/finding.ts'
import type {ExistingNode, JudgedHost, PreflightInput} from '../../phases/preflight/input.ts'
import {judge} from '../../phases/preflight/judge.ts'
import {caHashOf} from '../backup/judge-restore.ts'
import type {ControlPlane} from '../cluster/control-plane.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from '../workflows/options.ts'
import {firstReachable} from '../hosts/first-reachable.ts'
import {tryEndpoint} from '../hosts/try-endpoint.ts'
import {neighbourAt} from '../hosts/neighbour-at.ts'
import {tryOutsideEtcd} from '../hosts/try-outside-etcd.ts'
import {tryForwards} from '../hosts/try-forwards.ts'
import {probeReachability, type Reachable} from './probe-reachability.ts'

export interface Examination {
  readonly options: WorkflowOptions
  readonly cluster: Cluster
  readonly candidates: readonly Candidate[]
  /** The cluster to join, if it exists already. */
  readonly joined: JoinedCluster | undefined
  readonly elsewhere?: PreflightInput['elsewhere']
  readonly leader?: PreflightInput['leader']
  /** Reads the CA of a cluster whose control plane is one of the hosts. */
  readonly readCa?: (() => Promise<string>) | undefined
}

export interface JoinedCluster {
  readonly controlPlane: ControlPlane | undefined
  readonly caPem: string
}

export interface Examined {
  readonly nodes: readonly Node[]
  readonly findings: readonly Finding[]
}

/** Assigns every host its node name and address, and runs the preflight checks on all of them, alone and together. */
export async function examine(examination: Examination): Promise<Examined> {
  const {options, cluster, candidates, joined} = examination
  const existing = await existingNodes(joined?.controlPlane)
  const choices = addressChoices({
    cluster,
    hosts: candidates.map(({spec, gathered}) => ({spec, facts: gathered.facts})),
    existing,
  })
  const judgedBy = ({nodes}: AddressChoice): readonly JudgedHost[] =>
    candidates.flatMap(({gathered}, i) => {
      const node = nodes[i]
      return node === undefined ? [] : [{node, ...gathered}]
    })
  const {choice, findings: reached} = await firstReachable(choices, async tried => {
    const hosts = judgedBy(tried)
    return needsProbes(options, hosts) ? probe(options, cluster, candidates, hosts) : []
  })
  const findings = judge({
    cluster,
    hosts: await withTries(judgedBy(choice), examination),
    existing,
    clusterCaHash: joined === undefined ? undefined : inspect(joined.caPem).publicKeyHash,
    isRestore: options.restoring !== undefined,
    restoredCaHash: options.restoring === undefined ? undefined : caHashOf(options.restoring),
    elsewhere: examination.elsewhere,
    leader: examination.leader,
    bundleArchitecture: options.bundle?.bundle.architecture,
    command: options.command,
  })
  const joins = options.joinTo !== undefined || candidates.every(({spec}) => spec.role === 'worker')
  const ofJoin = joins ? (cluster.kubeadm?.join?.ignorePreflightErrors ?? []) : []
  const ignored = [...options.ignorePreflightErrors, ...cluster.extra.ignorePreflightErrors, ...ofJoin]
  return {
    nodes: choice.nodes,
    findings: gatherEqual(applyIgnores([...choice.findings, ...findings, ...reached], ignored)),
  }
}

/** Tests the forwards through a connection before kadm relies on them, and where the endpoint of the user leads. */
async function withTries(
  judged: readonly JudgedHost[],
  {candidates, cluster, joined, readCa, options: {signal}}: Examination,
): Promise<readonly JudgedHost[]> {
  const {controlPlaneEndpoint, apiPort} = cluster
  const own = balancerOf(cluster) === undefined ? controlPlaneEndpoint : undefined
  const endpoint = own === undefined ? undefined : splitHostPort(own, apiPort)
  const caPem = joined?.caPem ?? (endpoint === undefined ? undefined : await readCa?.())
  return Promise.all(
    judged.map(async (one, i) => {
      const host = candidates[i]?.host
      if (host === undefined) return one
      const [forwards, answer, neighbour, outsideEtcd] = await Promise.all([
        tryForwards(host, one.node, cluster),
        endpoint === undefined ? undefined : tryEndpoint(host, endpoint, caPem),
        cluster.virtualAddress && neighbourAt(host, cluster.virtualAddress.address, signal),
        one.node.role === 'control-plane' ? tryOutsideEtcd(host, cluster) : undefined,
      ])
      return {...one, forwards, endpoint: answer, neighbour, outsideEtcd}
    }),
  )
}

/** Hosts that are nodes of the same cluster reach one another already; another test would only take time. */
const needsProbes = ({command}: WorkflowOptions, hosts: readonly JudgedHost[]): boolean =>
  hosts.length > 1 && (command === 'preflight' || hosts.some(({facts}) => facts.clusterCaHash === undefined))

const existingNodes = async (controlPlane: ControlPlane | undefined): Promise<readonly ExistingNode[]> => {
  if (controlPlane === undefined) return []
  const nodes = await listNodes(await controlPlane.api())
  return nodes.map(({name, machineId, systemUuid, internalAddress, controlPlane: isControlPlane}) => ({
    name,
    machineId,
    systemUuid,
    addresses: internalAddress === undefined ? [] : [internalAddress],
    role: isControlPlane ? 'control-plane' : 'worker',
  }))
}

const probe = (
  {signal}: WorkflowOptions,
  cluster: Cluster,
  candidates: readonly Candidate[],
  judged: readonly JudgedHost[],
): Promise<readonly Finding[]> =>
  probeReachability({
    cluster,
    signal,
    hosts: judged.flatMap(({node, facts}, i): readonly Reachable[] => {
      const host = candidates[i]?.host
      return host === undefined ? [] : [{node, facts, host}]
    }),
  })
