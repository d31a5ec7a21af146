import {MANIFESTS_DIR} from '../../domain/paths.ts'
import type {Session} from '../workflows/session.ts'
import type {Restoring, RestoreTarget} from './restoring.ts'

/** What a restore does on these machines, for the question before it begins. */
export function restoreTarget(
  {snapshot}: Restoring,
  {nodes, initialControlPlane, candidates}: Pick<Session, 'nodes' | 'initialControlPlane' | 'candidates'>,
): RestoreTarget {
  const known = new Set(nodes.map(({name}) => name))
  return {
    first: initialControlPlane?.name ?? '',
    joining: nodes.filter(node => node.role === 'control-plane' && node !== initialControlPlane).map(({name}) => name),
    others: snapshot.nodes.filter(name => !known.has(name)),
    isRunning: candidates.some(({gathered: {facts}}) => facts.files[`${MANIFESTS_DIR}/etcd.yaml`] !== undefined),
  }
}
