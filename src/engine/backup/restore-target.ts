import {etcdDataDir} from '../../domain/kubeadm-places.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import {restorePlaces} from '../../domain/restore.ts'
import type {Session} from '../workflows/session.ts'
import type {Restoring, RestoreTarget} from './restoring.ts'

/** What a restore does on these machines, for the question before it begins. */
export function restoreTarget(
  {snapshot}: Restoring,
  {
    cluster,
    nodes,
    initialControlPlane,
    candidates,
  }: Pick<Session, 'cluster' | 'nodes' | 'initialControlPlane' | 'candidates'>,
): RestoreTarget {
  const known = new Set(nodes.map(({name}) => name))
  return {
    first: initialControlPlane?.name ?? '',
    joining: nodes.filter(node => node.role === 'control-plane' && node !== initialControlPlane).map(({name}) => name),
    others: snapshot.nodes.filter(name => !known.has(name)),
    kept: restorePlaces(etcdDataDir(cluster)).kept,
    isRunning: candidates.some(({gathered: {facts}}) => facts.files[`${MANIFESTS_DIR}/etcd.yaml`] !== undefined),
  }
}
