import type {ControlPlane} from '../cluster/control-plane.ts'
import {joinWarnings, requireHealthyEtcd} from '../cluster/joining-control-planes.ts'
import type {WorkflowOptions} from './options.ts'
import type {Session} from './session.ts'

interface JudgedJoin extends Pick<Session, 'cluster' | 'candidates' | 'nodes' | 'existingNodes'> {
  readonly controlPlane: ControlPlane
}

/** The checks of control planes that join a running cluster, before anything is changed. */
export async function judgeJoining(
  {clock, signal, emit}: WorkflowOptions,
  {cluster, candidates, nodes, controlPlane, existingNodes = []}: JudgedJoin,
): Promise<void> {
  await requireHealthyEtcd({
    cluster,
    nodes,
    factsOf: node => candidates.find(({spec}) => spec === node.host)?.gathered.facts ?? {files: {}},
    etcd: controlPlane.etcd,
    sleep: ms => clock.sleep(ms, signal),
  })
  const roles = [...existingNodes, ...nodes].map(({role}) => role)
  for (const message of joinWarnings(cluster, roles, existingNodes))
    emit({type: 'warning', host: controlPlane.host.name, message, at: clock.now()})
}
