import {makeKey} from '../certs/keys.ts'
import type {Cluster, Node} from '../domain/cluster.ts'
import {endpointServer, hostPort} from '../domain/endpoint.ts'
import {KadmError} from '../domain/errors.ts'
import {discoverByToken} from '../kube/discovery.ts'
import type {Host} from '../remote/host.ts'
import {carryOut, plan, type PlannedChange, type Run} from './carry-out.ts'
import {controlPlaneOn, type ControlPlane} from './control-plane.ts'
import type {Outcome} from './jobs.ts'
import {joinToken} from './join-token.ts'
import {takeLease} from './lease.ts'
import {readLiveCluster} from './live-cluster.ts'
import type {Machine} from './machine.ts'
import {openMachines, type Candidate} from './open-machines.ts'
import type {WorkflowOptions} from './options.ts'
import {examine} from './examine.ts'
import {runValues, type ValueSources} from './run-values.ts'
import {uploadAll} from './upload.ts'
import {onEach} from '../remote/on-each.ts'
import type {Finding} from '../phases/preflight/finding.ts'

export interface WorkflowResult {
  readonly changes: number
  readonly nodes: readonly Node[]
  /** `https://host:port` of the API for clients. */
  readonly endpoint: string
}

/** Everything that is known once all hosts have been asked and before any is changed. */
interface Opened {
  readonly cluster: Cluster
  readonly candidates: readonly Candidate[]
  readonly nodes: readonly Node[]
  readonly findings: readonly Finding[]
  readonly endpoint: string
  readonly controlPlane: ControlPlane | undefined
  readonly sources: Pick<ValueSources, 'readAuthority' | 'readClusterCa' | 'mintToken'>
  readonly tidy: () => Promise<void>
}

/** Makes it so: all hosts are judged before the first is changed. */
export async function carryOutWorkflow(options: WorkflowOptions): Promise<WorkflowResult> {
  return withOpened(options, async opened => {
    refuse(opened.findings)
    const {emit, clock} = options
    const leases = await onEach(opened.candidates, 30, ({host}) =>
      takeLease(host, options.holder, {force: options.takeLease, signal: options.signal}),
    )
    const started = clock.now()
    try {
      const machines = opened.candidates.map((candidate, i) => machineOf(opened, candidate, leases[i]))
      const outcomes = await carryOut(runOf(options, opened, machines))
      const changes = judgeOutcomes(outcomes)
      emit({type: 'run-done', changes, durationMs: clock.now() - started, at: clock.now()})
      return {changes, nodes: opened.nodes, endpoint: opened.endpoint}
    } finally {
      await Promise.allSettled([opened.tidy(), ...leases.map(lease => lease.release())])
    }
  })
}

/** What `carryOutWorkflow` would change; nothing is. */
export const planWorkflow = (options: WorkflowOptions): Promise<readonly PlannedChange[]> =>
  withOpened(options, opened => {
    refuse(opened.findings)
    const machines = opened.candidates.map(candidate => machineOf(opened, candidate, undefined))
    return plan(runOf(options, opened, machines))
  })

/** All findings of all hosts; nothing is changed. */
export const preflightWorkflow = (options: WorkflowOptions): Promise<readonly Finding[]> =>
  withOpened(options, opened => Promise.resolve(opened.findings))

function refuse(findings: readonly Finding[]): void {
  const errors = findings.filter(({severity}) => severity === 'error')
  if (errors.length === 0) return
  throw new KadmError(
    'preflight',
    `${String(errors.length)} of ${String(findings.length)} checks failed, so nothing was changed`,
    {
      evidence: errors
        .map(
          ({name, hosts, saw, fix}) => `${hosts.join(', ')}: ${name}: ${saw}${fix === undefined ? '' : `\n    ${fix}`}`,
        )
        .join('\n'),
      hint: 'mend what is named, or give --ignore-preflight-errors with the names you know better about',
    },
  )
}

async function withOpened<T>(options: WorkflowOptions, work: (opened: Opened) => Promise<T>): Promise<T> {
  const connections: Host[] = []
  const closers: (() => Promise<void>)[] = []
  try {
    const {emit, clock, cluster, command} = options
    emit({type: 'run-started', command, hosts: cluster.hosts.map(nameOf), at: clock.now()})
    return await work(await open(options, connections, closers))
  } finally {
    await Promise.allSettled(closers.map(close => close()))
    await Promise.allSettled(connections.map(host => host.close()))
  }
}

const nameOf = ({name, ssh}: Cluster['hosts'][number]): string =>
  name ?? (ssh === 'local' ? 'this machine' : ssh.address)

async function open(options: WorkflowOptions, connections: Host[], closers: (() => Promise<void>)[]): Promise<Opened> {
  const {joinTo, signal, connect, clock, random, emit} = options
  const [candidates, joinHost] = await Promise.all([
    openMachines(options.cluster.hosts, options, connections),
    joinTo?.kind === 'ssh' ? connect(joinTo.spec) : undefined,
  ])
  if (joinHost !== undefined) connections.push(joinHost)
  const first = candidates.find(({spec}) => spec.role === 'control-plane')
  const host = joinHost ?? first?.host
  const controlPlane = host === undefined ? undefined : controlPlaneOn(host, signal)
  if (controlPlane !== undefined) closers.push(controlPlane.close)
  if (joinTo?.kind === 'token') return openByToken(options, joinTo, candidates)
  if (controlPlane === undefined)
    throw new KadmError('usage', 'no control plane is named', {hint: 'name one with --to, or give a file that has one'})
  const live = joinTo === undefined ? undefined : await readLiveCluster(await controlPlane.api(), options.cluster)
  for (const message of live?.warnings ?? [])
    emit({type: 'warning', host: controlPlane.host.name, message, at: clock.now()})
  const cluster = live?.cluster ?? options.cluster
  const {nodes, findings} = await examine({
    options,
    cluster,
    candidates,
    joined: joinTo === undefined ? undefined : {controlPlane, caPem: await controlPlane.clusterCa()},
  })
  const firstNode = nodes.find(({role}) => role === 'control-plane')
  const token = joinToken(controlPlane.api, clock, random)
  return {
    cluster,
    candidates,
    nodes,
    findings,
    endpoint: live?.server ?? (firstNode === undefined ? '' : endpointServer(cluster, firstNode)),
    controlPlane,
    sources: {readAuthority: controlPlane.authority, readClusterCa: controlPlane.clusterCa, mintToken: token.mint},
    tidy: token.takeBack,
  }
}

type ByToken = Extract<WorkflowOptions['joinTo'], {kind: 'token'}>

async function openByToken(
  options: WorkflowOptions,
  joinTo: ByToken,
  candidates: readonly Candidate[],
): Promise<Opened> {
  const [candidate] = candidates
  if (candidate === undefined || candidates.length > 1) {
    throw new KadmError('usage', 'a join by token is for one machine', {
      hint: 'for several at once use --to with a control plane',
    })
  }
  const {host} = candidate
  const forward = (to: string, port: number) => host.forward(to, port)
  const discovered = await discoverByToken({
    endpoint: joinTo.endpoint,
    token: joinTo.token,
    trust: joinTo.skipVerification ? {kind: 'token-only'} : {kind: 'pins', pins: joinTo.caHashes},
    forward,
    clock: options.clock,
    signal: options.signal,
  })
  const {kubeClient} = await import('../kube/client.ts')
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
    const live = await readLiveCluster(api, options.cluster)
    const {nodes, findings} = await examine({
      options,
      cluster: live.cluster,
      candidates,
      joined: {controlPlane: undefined, caPem: discovered.ca},
    })
    const {host: to, port} = discovered
    const none = (): Promise<never> =>
      Promise.reject(new KadmError('usage', 'a join by token has no rights of an administrator'))
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
        mintToken: () => Promise.resolve(joinTo.token),
      },
      tidy: () => Promise.resolve(),
    }
  } finally {
    await api.close()
  }
}

function machineOf(opened: Opened, candidate: Candidate, lease: Machine['lease']): Machine {
  const node = opened.nodes.find(({host}) => host === candidate.spec)
  if (node === undefined) throw new Error(`${candidate.host.name} became no node`)
  return {host: candidate.host, facts: candidate.gathered.facts, node, lease}
}

function runOf(options: WorkflowOptions, opened: Opened, machines: readonly Machine[]): Run {
  const {clock, signal, random} = options
  const noAdmin = (): Promise<never> =>
    Promise.reject(new KadmError('remote', 'this run may not speak to the cluster as its administrator'))
  return {
    cluster: opened.cluster,
    machines,
    nodes: opened.nodes,
    first: opened.nodes.find(({role}) => role === 'control-plane'),
    endpoint: opened.endpoint,
    steps: options.steps,
    bundle: options.bundle,
    templates: options.templates,
    isAdmin: opened.controlPlane !== undefined,
    values: runValues({...opened.sources, makeKey, random, now: new Date(clock.now())}),
    api: opened.controlPlane?.api ?? noAdmin,
    superApi: opened.controlPlane?.superApi ?? noAdmin,
    upload: ({host}, uploads, progress) => uploadAll(host, uploads, {signal, progress}),
    emit: options.emit,
    clock,
    signal,
  }
}

/** All failures of all hosts, or the number of changes. */
function judgeOutcomes(outcomes: readonly Outcome<number>[]): number {
  const failures = outcomes.flatMap(outcome =>
    outcome.status === 'failed' ? [asError(outcome.error, outcome.job.node.name)] : [],
  )
  const [first] = failures
  if (first !== undefined && failures.length === 1) throw first
  if (first !== undefined) throw new AggregateError(failures, failures.map(({message}) => message).join('\n'))
  return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'done' ? outcome.result : 0), 0)
}

function asError(error: unknown, host: string): Error {
  if (error instanceof KadmError && error.host === undefined) {
    return new KadmError(error.code, error.message, {
      host,
      hint: error.hint,
      evidence: error.evidence,
      cause: error.cause,
    })
  }
  return error instanceof Error ? error : new Error(String(error))
}
