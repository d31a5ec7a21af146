import {componentsOf, type ComponentStatus} from '../../kube/components.ts'
import {nodeStatus, type NodeStatus} from '../../kube/nodes.ts'
import type {Diagnosis} from '../diagnosis.ts'
import {viewOf, type ClusterView} from './cluster-view.ts'
import {diagnoseView} from './diagnose-cluster.ts'
import type {Expected} from './expected.ts'
import {gathered} from './gathered.ts'
import {nodesOfHosts} from './hosts-as-nodes.ts'
import {missingComponents} from './rules/control-plane-pod-rules.ts'
import {missingWorkloads} from './wanted-workloads.ts'
import type {ClusterSnapshot} from './snapshot.ts'
import {ofItsOwn, toldByNobody} from './told-by-hosts.ts'

/** A machine that was examined. */
export interface MachineReport {
  readonly host: string
  readonly diagnoses: readonly Diagnosis[]
  /** Why it could not be examined; then there are no diagnoses. */
  readonly unreachable?: string
}

/** The same, with the name of its node; undefined for a machine that could not be examined. */
export interface ExaminedMachine extends MachineReport {
  readonly node: string | undefined
}

/** A cluster beside what should be there. */
export interface ClusterReport {
  readonly nodes: readonly NodeStatus[]
  /** Hosts of the file that are not nodes, by name. */
  readonly missingNodes: readonly string[]
  /** Nodes that the file does not name; none without a file. */
  readonly unnamedNodes: readonly string[]
  readonly components: readonly ComponentStatus[]
  /** The machines that were examined; none where only the API was asked. */
  readonly machines: readonly MachineReport[]
  /** What the API shows and no machine explains. */
  readonly diagnoses: readonly Diagnosis[]
  /** What could not be read, and why. */
  readonly unread: readonly string[]
}

/** Reports each problem once: for the machine if that names the cause, otherwise for the cluster. */
export function clusterReport(
  snapshot: ClusterSnapshot,
  expected: Expected,
  machines: readonly ExaminedMachine[] = [],
): ClusterReport {
  const view = viewOf(snapshot, expected)
  const faults = diagnoseView(view)
  const looked = machines.map(({host, node, diagnoses}) => ({names: [host, node?.toLowerCase() ?? host], diagnoses}))
  const hosts = expected.hosts === undefined ? undefined : nodesOfHosts(expected.hosts, view.nodes)
  const isRead = snapshot.nodes !== undefined
  return {
    nodes: (snapshot.nodes ?? []).map(nodeStatus),
    missingNodes: isRead ? (hosts?.missing ?? []).flatMap(({name}) => name ?? []) : [],
    unnamedNodes: hosts === undefined || hosts.unknown.length > 0 ? [] : hosts.others.map(({name}) => name),
    components: componentRows(view),
    machines: machines.map(({host, diagnoses, unreachable}) => ({
      host,
      diagnoses: ofItsOwn(diagnoses, faults),
      ...(unreachable === undefined ? {} : {unreachable}),
    })),
    diagnoses: gathered(toldByNobody(faults, looked)),
    unread: snapshot.unread,
  }
}

/** The components that are there, and those that should be. */
function componentRows(view: ClusterView): readonly ComponentStatus[] {
  const {systemPods, deployments, daemonSets, now} = view.snapshot
  const missing = (name: string, kind: ComponentStatus['kind'], node?: string): ComponentStatus => ({
    name,
    kind,
    node,
    state: 'missing',
    ok: false,
    image: '',
    detail: node === undefined ? 'it does not exist' : 'its manifest is missing or cannot be read',
  })
  return [
    ...missingComponents(view).map(({node, component}) =>
      missing(`${component}-${node.name}`, 'static-pod', node.name),
    ),
    ...componentsOf({pods: systemPods ?? [], deployments: deployments ?? [], daemonSets: daemonSets ?? [], now}),
    ...missingWorkloads(view).map(({place, kind}) => missing(place.replace(/^kube-system\//, ''), kind)),
  ]
}
