import {inspectIfReadable} from '../../certs/inspect.ts'
import type {Cluster} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {sharedFiles, type SharedTexts} from '../../domain/shared-certs.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {Discovered} from '../../kube/cluster-info.ts'
import {downloadCerts} from '../../kube/uploaded-certs.ts'
import {readSharedFiles} from '../../resources/pki/shared-files.ts'
import {existingNodesOf} from '../cluster/existing-nodes.ts'
import {requireEndpoint} from '../cluster/joining-control-planes.ts'
import {readLiveCluster} from '../cluster/live-cluster.ts'
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
  {candidate, discovered, api, closers}: FoundCluster,
): Promise<Session> {
  const {clock, random} = options
  const candidates = [candidate]
  const first = await readLiveCluster(api, options.cluster, joinTo)
  requireEndpoint(first.cluster)
  const shared = await sharedTexts(options, joinTo, {candidate, cluster: first.cluster, discovered, api})
  const now = new Date(clock.now())
  const controlPlane = sharedControlPlane({host: candidate.host, server: discovered, shared, now, random})
  closers.push(controlPlane.close)
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
    sources: {
      readAuthority: controlPlane.authority,
      readServiceAccountKey: controlPlane.serviceAccountKey,
      readClusterCa: controlPlane.clusterCa,
    },
    dispose: () => Promise.resolve(),
  }
}

interface Sharing extends Pick<FoundCluster, 'candidate' | 'discovered' | 'api'> {
  readonly cluster: Cluster
}

/** Those on the machine count first, so that a second run also works when the upload has ended. */
async function sharedTexts(
  {signal}: WorkflowOptions,
  {certificateKey}: ByToken,
  {candidate: {host}, cluster, discovered, api}: Sharing,
): Promise<SharedTexts> {
  const files = sharedFiles(cluster)
  const onMachine = await readSharedFiles(host, files, signal)
  const lacking = files.filter(({entry}) => onMachine.get(entry) === '')
  const missing = lacking.map(({path}) => path)
  const ofEtcd = lacking.filter(({entry}) => entry.startsWith('external-etcd')).map(({path}) => path)
  if (ofEtcd.length > 0) {
    throw new KadmError('config', `the files for the external etcd are missing: ${ofEtcd.join(', ')}`, {
      host: host.name,
      hint: 'copy them from a control plane to the same paths',
    })
  }
  if (missing.length > 0 && certificateKey === undefined) {
    throw new KadmError(
      'config',
      `a control plane needs the CAs of the cluster, and this machine lacks ${missing.join(', ')}`,
      {
        host: host.name,
        hint: 'pass --certificate-key: on a control plane, kadm certs upload prints it; or copy the files from there to the same paths',
      },
    )
  }
  const shared =
    missing.length === 0 || certificateKey === undefined
      ? onMachine
      : await downloadCerts(api, files, certificateKey, {signal})
  refuseOtherCluster(shared, discovered, host.name)
  return shared
}

function refuseOtherCluster(shared: SharedTexts, {ca}: Discovered, host: string): void {
  const own = inspectIfReadable(shared.get('ca.crt') ?? '')?.publicKeyHash
  if (own !== undefined && own === inspectIfReadable(ca)?.publicKeyHash) return
  throw new KadmError('preflight', 'ca.crt is not the CA of the cluster at the given address', {
    host,
    hint: 'remove the host from its former cluster first: kadm reset',
  })
}
