import type {Cluster, HostSpec, Node} from '../../domain/cluster.ts'
import {endpointServer, localServer, publicServer} from '../../domain/endpoint.ts'
import {pkiDir} from '../../domain/kubeadm-places.ts'
import {isAway, isWithoutAnswer, KadmError} from '../../domain/errors.ts'
import type {Host} from '../../remote/host.ts'
import {throughCuts} from '../../remote/reconnect/come-back.ts'
import {controlPlaneOn, type ControlPlane} from '../cluster/control-plane.ts'
import {elsewhereIn} from '../cluster/elsewhere.ts'
import {existingNodesOf} from '../cluster/existing-nodes.ts'
import {initialControlPlaneOf} from '../cluster/initial-control-plane.ts'
import {CANNOT_JOIN, refuseSelf, requireEndpoint} from '../cluster/joining-control-planes.ts'
import {joinTokens} from '../cluster/join-token.ts'
import {readLiveCluster, type LiveCluster} from '../cluster/live-cluster.ts'
import {refuseWithoutQuorum} from '../cluster/quorum.ts'
import {readsOf} from '../cluster/run-values.ts'
import {openMachines, type Candidate} from '../hosts/open-machines.ts'
import {examine} from '../preflight/examine.ts'
import {judgeMachines, restoredSources} from '../backup/judge-restore.ts'
import {checkBundle} from './check-bundle.ts'
import {openByToken} from './join-by-token.ts'
import {judgeJoining} from './judge-joining.ts'
import type {WorkflowOptions} from './options.ts'
import type {Session} from './session.ts'

/** Handles machines whose lease another run holds; called before preflight. */
export type WhenHeld = (candidates: readonly Candidate[], options: WorkflowOptions) => void

export interface SessionParts {
  /** Every connection that was opened, for the caller to close. */
  readonly connections: Host[]
  readonly closers: (() => Promise<void>)[]
  readonly whenHeld: WhenHeld
}

/**
 * Connects, gathers the facts of every host, reads the cluster that they join and runs the preflight checks. The run continues
 * without a machine that is lost meanwhile, where it may: nothing is changed yet.
 */
export async function openSession(options: WorkflowOptions, parts: SessionParts): Promise<Session> {
  const names = new Map<HostSpec, string>()
  const connect: WorkflowOptions['connect'] = async spec => {
    const host = await options.connect(spec)
    names.set(spec, host.name)
    return host
  }
  try {
    return await openOnce({...options, connect}, parts)
  } catch (error) {
    const rest = withoutLost(options, error, names)
    if (rest === undefined) throw error
    return openSession(rest, parts)
  }
}

/** The options of a run that continues without the hosts that were lost; undefined where it cannot. */
function withoutLost(
  options: WorkflowOptions,
  error: unknown,
  names: ReadonlyMap<HostSpec, string>,
): WorkflowOptions | undefined {
  const {skipped = [], onSkipped, cluster} = options
  const all: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
  if (onSkipped === undefined || !all.every(isAway)) return undefined
  const lost = cluster.hosts.filter(spec => all.some(one => one.host !== undefined && one.host === names.get(spec)))
  const left = cluster.hosts.filter(spec => ![...skipped, ...lost].includes(spec))
  if (lost.length === 0 || !left.some(({role}) => role === 'control-plane')) return undefined
  for (const spec of lost) {
    const own = all.find(one => one.host === names.get(spec))
    if (own !== undefined) onSkipped(spec, own)
  }
  return {...options, skipped: [...skipped, ...lost]}
}

async function openOnce(options: WorkflowOptions, parts: SessionParts): Promise<Session> {
  const {joinTo, signal} = options
  const [candidates, [seedControlPlane]] = await Promise.all([
    openMachines(reachedHosts(options), options, parts.connections),
    openMachines(joinTo?.kind === 'ssh' ? [joinTo.spec] : [], options, parts.connections),
  ])
  parts.whenHeld(candidates, options)
  if (options.restoring !== undefined) judgeMachines(candidates, options.restoring)
  if (joinTo?.kind === 'token') return openByToken(options, joinTo, {candidates, closers: parts.closers})
  const initial =
    seedControlPlane === undefined ? initialControlPlaneOf(candidates, skippedControlPlanes(options)) : undefined
  const host = seedControlPlane?.host ?? initial?.host
  if (host === undefined)
    throw new KadmError('usage', 'no control plane given', {hint: 'name one with --to, or use a file that has one'})
  const open = (cluster: Cluster): ControlPlane => {
    const made = controlPlaneOn(host, signal, pkiDir(cluster))
    parts.closers.push(made.close)
    return made
  }
  const first = open(options.cluster)
  if (seedControlPlane === undefined)
    return examined(options, {candidates, seedControlPlane, initial, controlPlane: first, live: undefined})
  refuseSelf(candidates, seedControlPlane)
  try {
    const live = await liveCluster(options, first)
    if (hasControlPlane(candidates)) requireEndpoint(live.cluster)
    const isSamePlace = pkiDir(live.cluster) === pkiDir(options.cluster)
    const controlPlane = isSamePlace ? first : open(live.cluster)
    return await examined(options, {candidates, seedControlPlane, initial, controlPlane, live})
  } catch (error) {
    const doing = hasControlPlane(candidates) ? CANNOT_JOIN : 'workers cannot join'
    if (isWithoutAnswer(error)) await refuseWithoutQuorum(first.etcd, doing)
    throw error
  }
}

const reachedHosts = ({cluster, skipped = []}: WorkflowOptions): readonly HostSpec[] =>
  cluster.hosts.filter(host => !skipped.includes(host))

const skippedControlPlanes = ({skipped = []}: WorkflowOptions): readonly string[] =>
  skipped
    .filter(({role}) => role === 'control-plane')
    .map(({name, ssh}) => name ?? (ssh === 'local' ? ssh : ssh.address))

const hasControlPlane = (candidates: readonly Candidate[]): boolean =>
  candidates.some(({spec}) => spec.role === 'control-plane')

/** The settings of the cluster that the run joins. */
async function liveCluster(
  {joinTo, cluster, emit, clock}: WorkflowOptions,
  controlPlane: ControlPlane,
): Promise<LiveCluster> {
  const live = await readLiveCluster(await controlPlane.api(), cluster, joinTo ?? {})
  for (const message of live.warnings) emit({type: 'warning', host: controlPlane.host.name, message, at: clock.now()})
  return live
}

interface OpenedMachines {
  readonly candidates: readonly Candidate[]
  readonly seedControlPlane: Candidate | undefined
  readonly initial: Candidate | undefined
  readonly controlPlane: ControlPlane
  readonly live: LiveCluster | undefined
}

/** Nothing of it changes anything, so that it is repeated after a cut. */
const examined = (options: WorkflowOptions, opened: OpenedMachines): Promise<Session> =>
  throughCuts(() => examinedOnce(options, opened), options)

async function examinedOnce(options: WorkflowOptions, opened: OpenedMachines): Promise<Session> {
  const {candidates, seedControlPlane, initial, controlPlane, live} = opened
  const {clock, random, emit, holder} = options
  const cluster = live?.cluster ?? options.cluster
  const caPem = live === undefined ? undefined : await controlPlane.clusterCa()
  const elsewhere = elsewhereIn(candidates, seedControlPlane)
  const [{nodes, findings}] = await Promise.all([
    examine({
      ...{options, cluster, candidates, elsewhere, leader: initial?.spec},
      joined: caPem === undefined ? undefined : {controlPlane, caPem},
      readCa: initial?.gathered.facts.clusterCaHash === undefined ? undefined : controlPlane.clusterCa,
    }),
    checkBundle(options, cluster, candidates),
  ])
  const existingNodes = await existingNodesOf({controlPlane, joins: live !== undefined, candidates, nodes})
  if (live !== undefined && hasControlPlane(candidates))
    await judgeJoining(options, {cluster, candidates, nodes, controlPlane, existingNodes})
  const initialControlPlane = nodes.find(({host}) => host === initial?.spec)
  const tokens = joinTokens({api: controlPlane.api, clock, random, emit, holder: holder.text})
  return {
    cluster,
    skipped: options.skipped,
    candidates,
    nodes,
    existingNodes,
    elsewhere,
    initialControlPlane,
    seedControlPlane,
    findings,
    endpoint: live?.server ?? serverOf(cluster, initialControlPlane),
    publicServer: live?.publicServer ?? (initialControlPlane && publicServer(cluster, initialControlPlane)),
    runningServer: live?.runningServer ?? (initialControlPlane && localServer(cluster, initialControlPlane)),
    controlPlane,
    sources: sourcesOf(options, controlPlane, tokens),
    dispose: tokens.revokeAll,
  }
}

const sourcesOf = (
  {restoring}: WorkflowOptions,
  controlPlane: ControlPlane,
  tokens: ReturnType<typeof joinTokens>,
): Session['sources'] => ({
  ...readsOf(controlPlane),
  ...(restoring === undefined ? {} : restoredSources(restoring)),
  createToken: tokens.create,
  isTokenLeft: tokens.isLeft,
  revokeToken: tokens.revoke,
})

function serverOf(cluster: Cluster, initialControlPlane: Node | undefined): string {
  if (initialControlPlane === undefined) throw new Error('a cluster without a control plane has no API address')
  return endpointServer(cluster, initialControlPlane)
}
