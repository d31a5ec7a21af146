import type {Restoring, RestoreTarget} from '../engine/backup/restoring.ts'

const list = (names: readonly string[]): string => names.join(', ')

/** What a restore does, for the person who decides; one sentence a line. */
export function renderRestore({file, snapshot, keys}: Restoring, target: RestoreTarget): string {
  const {first, joining, others, kept, isRunning} = target
  const version = snapshot.kubernetesVersion ?? 'an unknown version'
  return [
    `${file} has the state of a cluster with Kubernetes ${version} and ${String(snapshot.nodes.length)} nodes (${list(snapshot.nodes)}), at revision ${String(snapshot.revision)} of etcd`,
    ...(keys === undefined
      ? []
      : [
          'the CAs and the key of service accounts come from the file; certificates are issued for the machines of your file',
        ]),
    `${first} gets this state${joining.length === 0 ? '' : `; then ${list(joining)} ${joining.length === 1 ? 'joins it' : 'join it, one after the other'}`}`,
    ...(isRunning
      ? [
          'etcd and the API servers stop meanwhile; pods continue to run. All changes since the snapshot are lost: pods, Secrets and other objects that are newer disappear',
          `the present data of etcd stay in ${kept} until the restored cluster works, and are then deleted; to keep them, save them first: kadm etcd backup`,
        ]
      : []),
    ...(others.length === 0
      ? []
      : [
          `${list(others)}: ${others.length === 1 ? 'a node' : 'nodes'} of the snapshot, not in your file; kadm removes the Node object of each machine that does not report to the restored cluster`,
        ]),
  ].join('\n')
}

/** What to do after a restore. */
export const renderRestored = ({clusterFile}: {readonly clusterFile: string}): string =>
  `restored; next: kadm status -f ${clusterFile}; kadm kubeconfig; kadm verify`
