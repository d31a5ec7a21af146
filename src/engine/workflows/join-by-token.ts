import {hostPort} from '../../domain/endpoint.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {KadmError} from '../../domain/errors.ts'
import {wayOver} from '../../kube/connection.ts'
import {discoverByToken} from '../../kube/discovery.ts'
import type {Discovered} from '../../kube/cluster-info.ts'
import type {KubeClient} from '../../kube/client.ts'
import {readLiveCluster} from '../cluster/live-cluster.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import {examine} from '../preflight/examine.ts'
import {checkBundle} from './check-bundle.ts'
import {openControlPlaneByToken} from './join-control-plane-by-token.ts'
import type {WorkflowOptions} from './options.ts'
import type {Session} from './session.ts'

/** How long the API server may take to answer, unless kubeadm's `timeouts.discovery` gives it longer. */
const DISCOVERY_MS = 60_000

type ByToken = Extract<WorkflowOptions['joinTo'], {kind: 'token'}>

/** The session of a machine that joins as with kubeadm: by a token, without admin access to the cluster. */
export async function openByToken(
  options: WorkflowOptions,
  joinTo: ByToken,
  {candidates, closers}: JoiningMachines,
): Promise<Session> {
  const [candidate] = candidates
  if (candidate === undefined || candidates.length > 1) {
    throw new KadmError('usage', 'a join with a token works for one machine only', {
      hint: 'to join several machines at once, use --to with a control plane',
    })
  }
  const forward = wayOver(candidate.host)
  const discovered = await discoverByToken({
    endpoint: joinTo.endpoint,
    token: joinTo.discoveryToken ?? joinTo.token,
    trust: joinTo.skipVerification ? {kind: 'token-only'} : {kind: 'pins', pins: joinTo.caHashes},
    forward,
    clock: options.clock,
    signal: options.signal,
    deadlineMs: Math.max(DISCOVERY_MS, (options.cluster.kubeadm?.join?.timeouts?.discovery ?? 0) * 1000),
  })
  const {kubeClient} = await import('../../kube/client.ts')
  const {host, port, ca} = discovered
  const api = kubeClient({host, port, trust: {ca}, credentials: {kind: 'token', token: joinTo.token}}, forward)
  if (candidate.spec.role === 'control-plane') {
    closers.push(api.close)
    return openControlPlaneByToken(options, joinTo, {candidate, discovered, api, closers})
  }
  try {
    return await examined(options, joinTo, {candidates, discovered, api})
  } finally {
    await api.close()
  }
}

export interface JoiningMachines {
  readonly candidates: readonly Candidate[]
  /** For what stays open until the end of the run. */
  readonly closers: (() => Promise<void>)[]
}

interface OpenedMachines {
  readonly candidates: readonly Candidate[]
  readonly discovered: Discovered
  readonly api: KubeClient
}

async function examined(
  options: WorkflowOptions,
  joinTo: ByToken,
  {candidates, discovered, api}: OpenedMachines,
): Promise<Session> {
  const {host, port, ca} = discovered
  const discoveredServer = `https://${hostPort(host, port)}`
  const {cluster, server} = await readLiveCluster(api, options.cluster, joinTo)
  const [{nodes, findings}] = await Promise.all([
    examine({options, cluster, candidates, joined: {controlPlane: undefined, caPem: ca}}),
    checkBundle(options, cluster, candidates),
  ])
  return {
    cluster,
    candidates,
    nodes,
    findings,
    endpoint: balancerOf(cluster) === undefined ? discoveredServer : server,
    publicServer: discoveredServer,
    controlPlane: undefined,
    sources: {readClusterCa: () => Promise.resolve(ca), createToken: () => Promise.resolve(joinTo.token)},
    dispose: () => Promise.resolve(),
  }
}
