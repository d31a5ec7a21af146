import {isObject, listAt, nameOf, namespaceOf, textAt, type ApiObject} from '../../kube/json.ts'
import {nodeStatus, type NodeStatus} from '../../kube/nodes.ts'
import type {Judgement} from '../diagnosis.ts'
import {ageOf, eventTime} from './cluster-time.ts'
import {madeFrom, type Expected, type MadeFrom} from './expected.ts'
import type {ClusterSnapshot} from './snapshot.ts'

/** A node, and what the rules ask of it beside. */
export interface NodeView extends NodeStatus {
  readonly object: ApiObject
  readonly addresses: readonly string[]
  /** Just registered: what it still lacks may be on its way. */
  readonly isFresh: boolean
}

/** One look at a cluster, with what should be there. Built once; every rule reads it. */
export interface ClusterView {
  readonly snapshot: ClusterSnapshot
  readonly expected: Expected
  readonly made: MadeFrom
  readonly nodes: readonly NodeView[]
  /** Another network than flannel or kadm's own files, such as Calico or Cilium. */
  readonly otherNetwork: string | undefined
  /** Pods of the system by what made them: `DaemonSet/kube-proxy`, `ReplicaSet/coredns-5d78`, `Node/master`. */
  readonly podsOf: ReadonlyMap<string, readonly ApiObject[]>
}

/** One known fault of a cluster. Pure; says nothing when the snapshot does not show it. */
export interface ClusterRule {
  readonly name: string
  /** Faults of which this is only a consequence: where one of them is found, this is not told. */
  readonly follows?: readonly string[]
  readonly judge: (view: ClusterView) => readonly Judgement[]
}

/** What was just created gets this long before a rule reports it. */
export const FRESH_MS = 90_000

/** Networks that route pods, and mostly services too, in their own way; by the names their projects give them. */
const OTHER_NETWORKS =
  /^(?:calico-node|canal|cilium|cilium-agent|kube-router|weave-net|antrea-agent|kube-ovn-cni|ovnkube-node|aws-node|azure-cni|kindnet|kube-multus-ds)$/

export function viewOf(snapshot: ClusterSnapshot, expected: Expected): ClusterView {
  const {now, nodes, daemonSets, systemPods} = snapshot
  return {
    snapshot,
    expected,
    made: madeFrom(snapshot),
    nodes: (nodes ?? []).map(object => ({
      ...nodeStatus(object),
      object,
      addresses: listAt(object, 'status', 'addresses').flatMap(address => textAt(address, 'address') ?? []),
      isFresh: ageOf(object, now) < FRESH_MS,
    })),
    otherNetwork: (daemonSets ?? []).map(nameOf).find(name => OTHER_NETWORKS.test(name)),
    podsOf: Map.groupBy(systemPods ?? [], pod => ownerKey(pod)),
  }
}

export function ownerKey(pod: ApiObject): string {
  const owner = listAt(pod, 'metadata', 'ownerReferences')
    .filter(isObject)
    .find(one => one['controller'] === true)
  return owner === undefined ? `Pod/${nameOf(pod)}` : `${textAt(owner, 'kind') ?? ''}/${textAt(owner, 'name') ?? ''}`
}

/** The latest warnings about an object, newest first, as proof: `FailedCreate (3 min ago): …`. */
export function warningsAbout(
  {snapshot: {warnings}}: ClusterView,
  isAbout: (object: ApiObject) => boolean,
  most = 2,
): readonly string[] {
  const about = (warnings ?? []).filter(event => {
    const object = event['involvedObject']
    return isObject(object) && isAbout(object)
  })
  const lines = about
    .toSorted((a, b) => eventTime(b) - eventTime(a))
    .map(event => `${textAt(event, 'reason') ?? 'event'}: ${cut(textAt(event, 'message') ?? '')}`)
  return [...new Set(lines)].slice(0, most)
}

export const isAbout =
  (pod: ApiObject) =>
  (object: ApiObject): boolean =>
    textAt(object, 'name') === nameOf(pod) && textAt(object, 'namespace') === namespaceOf(pod)

const MOST = 400

/** The reason of a failure stands at its end, behind who said it to whom. */
export function cut(text: string): string {
  const plain = text.trim().replaceAll('\n', ' ')
  return plain.length <= MOST ? plain : `${plain.slice(0, 80)} … ${plain.slice(80 - MOST)}`
}

const NAMED = 5

/** `master, worker-1 and 3 more` */
export const names = (all: readonly string[]): string =>
  all.length <= NAMED ? all.join(', ') : `${all.slice(0, NAMED).join(', ')} and ${String(all.length - NAMED)} more`
