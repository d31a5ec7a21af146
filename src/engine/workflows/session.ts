import type {Cluster, Node} from '../../domain/cluster.ts'
import {endpointServer, hostPort} from '../../domain/endpoint.ts'
import {KadmError} from '../../domain/errors.ts'
import {wayOver} from '../../kube/connection.ts'
import {discoverByToken} from '../../kube/discovery.ts'
import type {Finding} from '../../phases/preflight/finding.ts'
import type {Host} from '../../remote/host.ts'
import {controlPlaneOn, type ControlPlane} from '../cluster/control-plane.ts'
import {examine} from '../preflight/examine.ts'
import {joinTokens} from '../cluster/join-token.ts'
import {readLiveCluster} from '../cluster/live-cluster.ts'
import {openMachines, type Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from './options.ts'
import {existingNodesOf, type ExistingNode} from '../cluster/existing-nodes.ts'
import type {ValueSources} from '../cluster/run-values.ts'

/** All facts that are known after every host answered and before any is changed. */
export interface Session {
  readonly cluster: Cluster
  readonly candidates: readonly Candidate[]
  readonly nodes: readonly Node[]
  readonly findings: readonly Finding[]
  readonly endpoint: string
  readonly controlPlane: ControlPlane | undefined
  /** Nodes of the cluster besides these hosts; undefined when the cluster does not answer. */
  readonly existingNodes?: readonly ExistingNode[] | undefined
  /** The control plane to join. */
  readonly seedControlPlane?: Candidate | undefined
  readonly sources: Pick<
    ValueSources,
    'readAuthority' | 'readClusterCa' | 'createToken' | 'isTokenLeft' | 'revokeToken'
  >
  /** Deletes the remaining tokens; never fails. */
  readonly dispose: () => Promise<void>
}

/** Handles machines whose lease another run holds; called before preflight. */
type WhenHeld = (candidates: readonly Candidate[], options: WorkflowOptions) => void

/** Connects, gathers the facts of every host and runs the preflight checks; closes everything at the end. */
export async function withSession<T>(
  options: WorkflowOptions,
  whenHeld: WhenHeld,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const connections: Host[] = []
  const closers: (() => Promise<void>)[] = []
  try {
    const {emit, clock, command} = options
    const at = clock.now()
    const session = await open(options, {connections, closers, whenHeld})
    emit({type: 'run-started', command, hosts: session.nodes.map(({name}) => name), at})
    return await work(session)
  } finally {
    await Promise.allSettled(closers.map(close => close()))
    await Promise.allSettled(connections.map(host => host.close()))
  }
}

interface SessionParts {
  readonly connections: Host[]
  readonly closers: (() => Promise<void>)[]
  readonly whenHeld: WhenHeld
}

async function open(options: WorkflowOptions, {connections, closers, whenHeld}: SessionParts): Promise<Session> {
  const {joinTo, signal, clock, random, emit} = options
  const [candidates, [seedControlPlane]] = await Promise.all([
    openMachines(options.cluster.hosts, options, connections),
    openMachines(joinTo?.kind === 'ssh' ? [joinTo.spec] : [], options, connections),
  ])
  whenHeld(candidates, options)
  const first = candidates.find(({spec}) => spec.role === 'control-plane')
  const host = seedControlPlane?.host ?? first?.host
  const controlPlane = host === undefined ? undefined : controlPlaneOn(host, signal)
  if (controlPlane !== undefined) closers.push(controlPlane.close)
  if (joinTo?.kind === 'token') return openByToken(options, joinTo, candidates)
  if (controlPlane === undefined)
    throw new KadmError('usage', 'no control plane given', {hint: 'name one with --to, or use a file that has one'})
  const live =
    joinTo === undefined ? undefined : await readLiveCluster(await controlPlane.api(), options.cluster, joinTo)
  for (const message of live?.warnings ?? [])
    emit({type: 'warning', host: controlPlane.host.name, message, at: clock.now()})
  const cluster = live?.cluster ?? options.cluster
  const [{nodes, findings}] = await Promise.all([
    examine({
      options,
      cluster,
      candidates,
      joined: joinTo === undefined ? undefined : {controlPlane, caPem: await controlPlane.clusterCa()},
    }),
    checkBundle(options, cluster, candidates),
  ])
  const firstNode = nodes.find(({role}) => role === 'control-plane')
  const tokens = joinTokens({api: controlPlane.api, clock, random, emit, holder: options.holder.text})
  return {
    cluster,
    candidates,
    nodes,
    existingNodes: await existingNodesOf({controlPlane, seedControlPlane, candidates, nodes}),
    seedControlPlane,
    findings,
    endpoint: live?.server ?? (firstNode === undefined ? '' : endpointServer(cluster, firstNode)),
    controlPlane,
    sources: {
      readAuthority: controlPlane.authority,
      readClusterCa: controlPlane.clusterCa,
      createToken: tokens.create,
      isTokenLeft: tokens.isLeft,
      revokeToken: tokens.revoke,
    },
    dispose: tokens.revokeAll,
  }
}

/** A host of a cluster already has its files; only a new host needs the whole bundle to be read. */
const checkBundle = (options: WorkflowOptions, cluster: Cluster, candidates: readonly Candidate[]): Promise<void> =>
  options.checkBundle({
    cluster,
    roles: [...new Set(candidates.map(({spec}) => spec.role))],
    isBrought: candidates.some(({gathered}) => gathered.facts.clusterCaHash === undefined),
  })

type ByToken = Extract<WorkflowOptions['joinTo'], {kind: 'token'}>

async function openByToken(
  options: WorkflowOptions,
  joinTo: ByToken,
  candidates: readonly Candidate[],
): Promise<Session> {
  const [candidate] = candidates
  if (candidate === undefined || candidates.length > 1) {
    throw new KadmError('usage', 'a join with a token works for one machine only', {
      hint: 'to join several machines at once, use --to with a control plane',
    })
  }
  const {host} = candidate
  const forward = wayOver(host)
  const discovered = await discoverByToken({
    endpoint: joinTo.endpoint,
    token: joinTo.token,
    trust: joinTo.skipVerification ? {kind: 'token-only'} : {kind: 'pins', pins: joinTo.caHashes},
    forward,
    clock: options.clock,
    signal: options.signal,
  })
  const {kubeClient} = await import('../../kube/client.ts')
  const api = kubeClient(
    {
      host: discovered.host,
      port: discovered.port,
      trust: {ca: discovered.ca},
      credentials: {kind: 'token', token: joinTo.token},
    },
    forward,
  )
  try {
    const live = await readLiveCluster(api, options.cluster, joinTo)
    const [{nodes, findings}] = await Promise.all([
      examine({
        options,
        cluster: live.cluster,
        candidates,
        joined: {controlPlane: undefined, caPem: discovered.ca},
      }),
      checkBundle(options, live.cluster, candidates),
    ])
    const {host: to, port} = discovered
    const none = (): Promise<never> =>
      Promise.reject(new KadmError('usage', 'a join with a token has no admin access to the cluster'))
    return {
      cluster: live.cluster,
      candidates,
      nodes,
      findings,
      endpoint: `https://${hostPort(to, port)}`,
      controlPlane: undefined,
      sources: {
        readAuthority: none,
        readClusterCa: () => Promise.resolve(discovered.ca),
        createToken: () => Promise.resolve(joinTo.token),
      },
      dispose: () => Promise.resolve(),
    }
  } finally {
    await api.close()
  }
}
