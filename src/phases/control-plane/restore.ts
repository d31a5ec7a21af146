import {certificateNames, isAuthority} from '../../domain/certificates.ts'
import {startupMs} from '../../domain/cluster.ts'
import {imagesOf} from '../../domain/images.ts'
import {etcdDataDir, usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {RESTORE_DIR} from '../../domain/paths.ts'
import {restorePlaces} from '../../domain/restore.ts'
import {externalEtcdFiles, type SharedFile} from '../../domain/shared-certs.ts'
import {etcdPeerUrl} from '../../manifests/etcd.ts'
import {sh} from '../../remote/shell/shell.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import type {StagedFile} from '../../resources/core/kind.ts'
import {absentNodes} from '../../resources/cluster/absent-nodes.ts'
import {restoredPod} from '../../resources/cluster/restored-pod.ts'
import {removeTrees} from '../../resources/files/remove-tree.ts'
import {serviceAccountKey} from '../../resources/pki/service-account-key.ts'
import {sharedFile} from '../../resources/pki/shared-file.ts'
import {etcdRestore, type EtcdRestoreResource} from '../../resources/static-pods/etcd-restore.ts'
import {cleanup} from '../../resources/steps/cleanup.ts'
import type {Phase, PhaseContext} from '../phase.ts'
import {certificateOf, ownFolders, ownPlace} from './pki.ts'

/** What a restore takes from the file of the user. */
export interface RestoredBackup {
  readonly snapshot: StagedFile
  /** The last revision of the snapshot. */
  readonly revision: number
  /** Whether it has the keys of the cluster too; otherwise the machines have them. */
  readonly hasKeys: boolean
  /** Files of the user that pods of the control plane read. */
  readonly files: readonly SharedFile[]
}

const step = (
  {snapshot}: RestoredBackup,
  {cluster, node}: PhaseContext,
  name: EtcdRestoreResource['step'],
  why: string,
): EtcdRestoreResource =>
  etcdRestore({
    step: name,
    snapshot,
    dataDir: etcdDataDir(cluster),
    image: imagesOf(cluster).etcd,
    member: {name: node.name, peerUrl: etcdPeerUrl(node)},
    why,
  })

/** The keys of the cluster, as the backup has them. Machines that have them already keep them. */
function keysOf(context: PhaseContext): readonly AnyResource[] {
  const {cluster} = context
  return [
    ...ownFolders(context),
    ...certificateNames(cluster)
      .filter(isAuthority)
      .map(name => ({...certificateOf(name, context), origin: 'copy' as const})),
    serviceAccountKey(cluster.pki.algorithm, {...ownPlace(cluster), origin: 'copy'}),
    ...externalEtcdFiles(cluster).map(file => sharedFile(file, 'the API server uses it to reach etcd')),
  ]
}

const usersFiles = ({files}: RestoredBackup): readonly AnyResource[] =>
  files.map(file => sharedFile(file, 'a pod of the control plane reads it'))

const filePhases = (backup: RestoredBackup): readonly Phase[] => [
  {
    name: 'keys',
    title: 'Restore the CAs and the key of service accounts',
    why: 'nodes, users and pods trust only these',
    where: 'initial-control-plane',
    when: () => (backup.hasKeys ? true : 'the machines have them'),
    resources: context => [...keysOf(context), ...usersFiles(backup)],
  },
  {
    name: 'files',
    title: 'Restore the files of the control plane',
    why: 'the pods of the control plane do not start without them',
    where: 'joining-control-plane',
    when: () => (backup.files.length > 0 ? true : 'the backup has none'),
    resources: () => usersFiles(backup),
  },
]

/**
 * Gives etcd the data of a snapshot, on one control plane. The new data are made while the former etcd may still run; then all control
 * planes stop, so that no two of them work with different data.
 */
export const restorePhase = (backup: RestoredBackup): Phase => ({
  name: 'restore',
  title: 'Restore the data of etcd',
  why: 'the cluster continues from the state in the snapshot',
  where: 'control-plane',
  phases: [
    ...filePhases(backup),
    {
      name: 'prepare',
      title: 'Create the data of etcd from the snapshot',
      why: 'a snapshot that cannot be used is found before anything stops',
      where: 'initial-control-plane',
      resources: context => [step(backup, context, 'prepare', 'the state of the cluster')],
    },
    {
      name: 'stop',
      title: 'Stop etcd and the API server',
      why: 'no control plane may continue with the former data, which stay on the machine until the end',
      where: 'control-plane',
      needs: ['restore/prepare'],
      resources: context => [step(backup, context, 'stop', 'all control planes continue from the same data')],
    },
    {
      name: 'swap',
      title: 'Give etcd the data of the snapshot',
      why: 'this control plane starts etcd with one member; the others join it',
      where: 'initial-control-plane',
      needs: ['restore/stop'],
      resources: context => [step(backup, context, 'swap', 'the state of the cluster')],
    },
  ],
})

/** Names and addresses of the machines of the file, also of those that this run does without. */
const presentIn = ({cluster, nodes}: PhaseContext): readonly string[] => [
  ...nodes.flatMap(({name, address}) => [name, address]),
  ...cluster.hosts.flatMap(({name, nodeName, address, ssh}) =>
    [name, nodeName, address, ssh === 'local' ? undefined : ssh.address].filter(text => text !== undefined),
  ),
]

/** Until then, the cluster waits for pods on machines that do not exist. */
export const absentNodesPhase: Phase = {
  name: 'absent-nodes',
  title: 'Remove the nodes of lost machines',
  why: 'the snapshot lists all nodes of its time, also those whose machines are lost',
  where: 'initial-control-plane',
  needs: ['node-ready'],
  resources: context => [
    absentNodes({present: presentIn(context), why: 'pods of lost machines start again on other nodes'}),
  ],
}

const formerDataGone = ({cluster}: PhaseContext): AnyResource => {
  const {kept, prepared} = restorePlaces(etcdDataDir(cluster))
  return cleanup({
    name: 'former-etcd',
    why: 'the restored cluster works, so the former data are not needed any more',
    remains: sh`for path in ${[kept, prepared, RESTORE_DIR]}; do [ ! -e "$path" ] || echo "$path"; done`,
    clear: removeTrees(kept, prepared, RESTORE_DIR),
  })
}

const PODS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
const PODS_MS = 300_000

/** The snapshot says that they are ready, and only their kubelets know. */
export const restoredPodsPhase = ({revision}: RestoredBackup): Phase => ({
  name: 'restored-pods',
  title: 'Wait for the pods of the control plane',
  why: 'the snapshot shows them as they were at its time',
  where: 'control-plane',
  resources: ({cluster, node}) =>
    PODS.map(name =>
      restoredPod({
        namespace: 'kube-system',
        name: `${name}-${node.name}`,
        revision,
        deadlineMs: startupMs(cluster, PODS_MS),
        why: 'the control plane works on this node',
      }),
    ),
})

/** Ends a restore, the initial control plane last: until then, the same command continues where it stopped. */
export const endOfRestorePhase: Phase = {
  name: 'restore-end',
  title: 'Remove the former data of etcd',
  why: 'all nodes report to the restored cluster, so the former data are not needed any more',
  where: 'control-plane',
  phases: [
    {
      name: 'others',
      title: 'Remove the former data of etcd',
      why: 'this control plane works with the restored data',
      where: 'joining-control-plane',
      needs: ['cluster-ready', 'restored-pods'],
      resources: context => [formerDataGone(context)],
    },
    {
      name: 'first',
      title: 'Remove the former data of etcd',
      why: 'all control planes work with the restored data',
      where: 'initial-control-plane',
      needs: ['cluster-ready', 'restored-pods', 'restore-end/others'],
      resources: context => [formerDataGone(context)],
    },
  ],
}

/** Why a snapshot cannot be restored in a cluster with these settings; undefined when it can. */
export function whyNoRestore(cluster: PhaseContext['cluster']): string | undefined {
  if (usesExternalEtcd(cluster))
    return 'the file names an etcd outside the cluster; restore its data with the tools of that etcd'
  const ownWal = cluster.extra.etcd.args.some(({name}) => name === 'wal-dir')
  return ownWal
    ? 'the file sets wal-dir for etcd; kadm restores only a member whose log is in its data folder'
    : undefined
}
