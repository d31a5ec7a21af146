import {sharedFiles} from '../../domain/shared-certs.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {Discovered} from '../../kube/cluster-info.ts'
import {sharedTexts} from '../cluster/shared-texts.ts'
import type {ControlPlane} from '../cluster/control-plane.ts'
import {existingNodesOf} from '../cluster/existing-nodes.ts'
import {requireEndpoint} from '../cluster/joining-control-planes.ts'
import {readLiveCluster} from '../cluster/live-cluster.ts'
import {readsOf} from '../cluster/run-values.ts'
import {sharedControlPlane} from '../cluster/shared-control-plane.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import {examine} from '../preflight/examine.ts'
import {checkBundle} from './check-bundle.ts'
import {judgeJoining} from './judge-joining.ts'
import type {WorkflowOptions} from './options.ts'
import type {Session} from './session.ts'

type ByToken = Extract<WorkflowOptions['joinTo'], {kind: 'token'}>

export interface FoundCluster {
  readonly candidate: Candidate
  readonly discovered: Discovered
  /** With the rights of the token. */
  readonly api: KubeClient
  readonly closers: (() => Promise<void>)[]
}

/**
 * The session of a machine that becomes a control plane by itself, as with kubeadm. The CAs come from Secret
 * kubeadm-certs, or are on the machine already; with them, kadm reaches the cluster as an administrator.
 */
export async function openControlPlaneByToken(
  options: WorkflowOptions,
  joinTo: ByToken,
  found: FoundCluster,
): Promise<Session> {
  const {candidate, discovered} = found
  const candidates = [candidate]
  const controlPlane = await openShared(options, joinTo, found)
  // The token may not read all settings.
  const {cluster, server, publicServer} = await readLiveCluster(await controlPlane.api(), options.cluster, joinTo)
  const [{nodes, findings}] = await Promise.all([
    examine({options, cluster, candidates, joined: {controlPlane, caPem: discovered.ca}}),
    checkBundle(options, cluster, candidates),
  ])
  const existingNodes = await existingNodesOf({controlPlane, joins: true, candidates, nodes})
  await judgeJoining(options, {cluster, candidates, nodes, controlPlane, existingNodes})
  return {
    cluster,
    candidates,
    nodes,
    existingNodes,
    findings,
    endpoint: server,
    publicServer,
    controlPlane,
    sources: readsOf(controlPlane),
    dispose: () => Promise.resolve(),
  }
}

async function openShared(
  {cluster, clock, random, signal}: WorkflowOptions,
  joinTo: ByToken,
  {candidate: {host}, discovered, api, closers}: FoundCluster,
): Promise<ControlPlane> {
  const live = await readLiveCluster(api, cluster, joinTo)
  requireEndpoint(live.cluster)
  const {certificateKey} = joinTo
  const files = sharedFiles(live.cluster)
  const shared = await sharedTexts({host, files, caPem: discovered.ca, certificateKey, api, signal})
  const controlPlane = sharedControlPlane({host, server: discovered, shared, now: new Date(clock.now()), random})
  closers.push(controlPlane.close)
  return controlPlane
}
