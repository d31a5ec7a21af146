import type {CaName} from '../../domain/certificates.ts'
import type {Cluster} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {authoritiesElsewhere, SIGN_THEM, signedOn, unsignedFiles} from '../../domain/external-ca.ts'
import {pkiDir} from '../../domain/kubeadm-places.ts'
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
  // With a certificate key, all CAs come with their keys.
  const elsewhere = joinTo.certificateKey === undefined ? authoritiesElsewhere([candidate.gathered.facts]) : []
  const controlPlane = await openShared(options, joinTo, {...found, elsewhere})
  // The token may not read all settings.
  const {cluster, server, publicServer, runningServer} = await readLiveCluster(
    await controlPlane.api(),
    options.cluster,
    joinTo,
  )
  const [{nodes, findings}] = await Promise.all([
    examine({options, cluster, candidates, elsewhere, joined: {controlPlane, caPem: discovered.ca}}),
    checkBundle(options, cluster, candidates),
  ])
  const existingNodes = await existingNodesOf({controlPlane, joins: true, candidates, nodes})
  await judgeJoining(options, {cluster, candidates, nodes, controlPlane, existingNodes})
  return {
    cluster,
    candidates,
    nodes,
    existingNodes,
    elsewhere,
    findings,
    endpoint: server,
    publicServer,
    runningServer,
    controlPlane,
    sources: readsOf(controlPlane),
    dispose: () => Promise.resolve(),
  }
}

interface FoundShared extends FoundCluster {
  readonly elsewhere: readonly CaName[]
}

async function openShared(
  {cluster, clock, random, signal}: WorkflowOptions,
  joinTo: ByToken,
  {candidate, discovered, api, closers, elsewhere}: FoundShared,
): Promise<ControlPlane> {
  const {host} = candidate
  const live = await readLiveCluster(api, cluster, joinTo)
  requireEndpoint(live.cluster)
  refuseUnsigned(candidate, live.cluster, elsewhere)
  const {certificateKey} = joinTo
  const files = sharedFiles(live.cluster).filter(({entry}) => !elsewhere.some(name => entry === `${name}.key`))
  const shared = await sharedTexts({host, files, caPem: discovered.ca, certificateKey, api, signal})
  const controlPlane = sharedControlPlane({
    ...{host, server: discovered, shared, random},
    pkiDir: pkiDir(live.cluster),
    now: new Date(clock.now()),
  })
  closers.push(controlPlane.close)
  return controlPlane
}

/** Its access to the cluster is among the signed files, so they are needed before preflight. */
function refuseUnsigned(
  {host, spec, gathered: {facts}}: Candidate,
  cluster: Cluster,
  elsewhere: readonly CaName[],
): void {
  const node = {role: spec.role, host: spec}
  const missing = unsignedFiles(signedOn({node, facts}, {cluster, nodes: [], elsewhere, leader: undefined}), facts)
  if (missing.length === 0) return
  throw new KadmError(
    'preflight',
    `this machine needs these files, which kadm cannot sign without the key of ${elsewhere.join(', ')}: ${missing.join(', ')}; nothing was changed`,
    {host: host.name, hint: `${SIGN_THEM}; or pass --certificate-key, if the cluster has the key`},
  )
}
