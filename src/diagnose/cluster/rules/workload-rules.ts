import {listAt, nameOf, namespaceOf, numberAt, textAt, textsAt, type ApiObject} from '../../../kube/json.ts'
import type {Judgement} from '../../diagnosis.ts'
import {ageOf, timeAt} from '../cluster-time.ts'
import {FRESH_MS, names, warningsAbout, type ClusterRule, type ClusterView, type NodeView} from '../cluster-view.ts'
import {isEnding, isReady, troubleOf} from '../pod-trouble.ts'
import {placeOf} from '../read-details.ts'
import {isKeptAway} from '../tolerations.ts'
import {DNS, FLANNEL, found, hasEndpoints, missingWorkloads, PROXY, wantsDns} from '../wanted-workloads.ts'

const workloadMissing: ClusterRule = {
  name: 'workload-missing',
  judge: view =>
    missingWorkloads(view).map(({kind, place, loss}): Judgement => {
      const there = (kind === 'daemonset' ? view.snapshot.daemonSets : view.snapshot.deployments) ?? []
      return {
        cause: `${kind === 'daemonset' ? 'DaemonSet' : 'Deployment'} ${place} does not exist, so ${loss}`,
        certainty: 'certain',
        proof: [`${kind}s: ${names(there.map(placeOf)) || 'none'}`],
        fix: view.expected.repair.cluster,
      }
    }),
}

/**
 * A core DaemonSet that is meant for fewer nodes than there are. Its status alone does not show it: where a node was deleted and
 * registered again with its pod still running, the controller counts the node only when one of its pods changes next (pkg/controller/daemon).
 */
const daemonSetNarrow: ClusterRule = {
  name: 'daemonset-narrow',
  follows: ['leader-silent', 'static-pod-missing'],
  judge: view =>
    [PROXY, FLANNEL].flatMap((place): readonly Judgement[] => {
      const set = found(view.snapshot.daemonSets, place)
      if (set === undefined || view.otherNetwork !== undefined) return []
      const settled = view.nodes.filter(node => isSettled(node) && !isKeptAway(set, node.taints))
      const wanted = numberAt(set, 'status', 'desiredNumberScheduled') ?? 0
      if (wanted >= settled.length) return []
      if (view.snapshot.systemPods === undefined || isOnAll(settled, set, view)) return []
      const selector = textsAt(set, 'spec', 'template', 'spec', 'nodeSelector')
      return [
        {
          cause: `DaemonSet ${place} selects only ${String(wanted)} of ${String(settled.length)} nodes`,
          certainty: 'certain',
          proof: [
            `its nodeSelector: ${JSON.stringify(selector)}`,
            ...warningsAbout(view, object => textAt(object, 'name') === nameOf(set), 1),
          ],
          fix: view.expected.repair.cluster,
        },
      ]
    }),
}

function isOnAll(nodes: readonly NodeView[], set: ApiObject, view: ClusterView): boolean {
  const pods = view.podsOf.get(`DaemonSet/${nameOf(set)}`) ?? []
  const covered = new Set(pods.filter(pod => !isEnding(pod)).map(pod => textAt(pod, 'spec', 'nodeName')))
  return nodes.every(({name}) => covered.has(name))
}

const isSettled = ({isFresh, object}: NodeView): boolean =>
  !isFresh && textsAt(object, 'metadata', 'labels')['kubernetes.io/os'] === 'linux'

/** Pods of a DaemonSet that are not there or not ready on nodes that are; what keeps a pod itself is reported for the pod. */
const daemonSetPods: ClusterRule = {
  name: 'daemonset-pods',
  follows: ['leader-silent', 'pods-refused'],
  judge: view =>
    (view.snapshot.daemonSets ?? []).filter(inSystem).flatMap((set): readonly Judgement[] => {
      const wanted = numberAt(set, 'status', 'desiredNumberScheduled') ?? 0
      const ready = numberAt(set, 'status', 'numberReady') ?? 0
      const pods = view.podsOf.get(`DaemonSet/${nameOf(set)}`) ?? []
      if (view.snapshot.systemPods === undefined || ready >= wanted || isNew(set, view)) return []
      const lacking = lackingNodes(pods, view)
      const isCore = [PROXY, FLANNEL].includes(placeOf(set))
      if (lacking.length === 0 || (!isCore && pods.length >= wanted)) return []
      return [
        {
          cause: `DaemonSet ${placeOf(set)} does not have a ready pod on ${names(lacking.map(({name}) => name))}`,
          certainty: isCore ? 'certain' : 'likely',
          proof: [
            `${String(ready)} of ${String(wanted)} ready`,
            ...warningsAbout(view, object => textAt(object, 'name') === nameOf(set)),
          ],
          fix: `${view.expected.repair.why(lacking[0])}; then ${view.expected.repair.cluster}`,
        },
      ]
    }),
}

const inSystem = (object: ApiObject): boolean => ['kube-system', 'kube-flannel'].includes(namespaceOf(object))

const isNew = (object: ApiObject, {snapshot}: ClusterView): boolean => ageOf(object, snapshot.now) < FRESH_MS

/** Nodes that are ready for long and have no pod, or one that is not ready and no longer young, and no trouble told of it. */
function lackingNodes(pods: readonly ApiObject[], view: ClusterView): readonly NodeView[] {
  const byNode = new Map(pods.filter(pod => !isEnding(pod)).map(pod => [textAt(pod, 'spec', 'nodeName'), pod]))
  const isLately = pods.some(pod => isEnding(pod) || isNew(pod, view))
  return view.nodes
    .filter(node => node.ready && isSettled(node))
    .filter(({name}) => {
      const pod = byNode.get(name)
      // While pods are replaced one by one, one is missing for a moment.
      if (pod === undefined) return !isLately
      return !isReady(pod) && !isNew(pod, view) && troubleOf(pod, view) === undefined
    })
}

const dnsScaledDown: ClusterRule = {
  name: 'dns-scaled-to-0',
  judge: view => {
    const deployment = found(view.snapshot.deployments, DNS)
    if (numberAt(deployment, 'spec', 'replicas') !== 0 || !wantsDns(view)) return []
    return [
      {
        cause: 'Deployment kube-system/coredns is scaled to 0, so service names do not resolve',
        certainty: 'certain',
        proof: ['kube-system/coredns: 0 replicas wanted'],
        fix: '`kubectl -n kube-system scale deployment coredns --replicas=2`',
      },
    ]
  },
}

const dnsService: ClusterRule = {
  name: 'dns-service',
  follows: ['workload-missing', 'dns-scaled-to-0', 'deployment-pods', 'pod-trouble', 'node-not-ready', 'leader-silent'],
  judge: view => {
    const {snapshot, expected} = view
    const isMeant = found(snapshot.deployments, DNS) !== undefined
    if (snapshot.dnsService === 'absent' && isMeant)
      return [
        {
          cause: 'Service kube-system/kube-dns does not exist, so pods cannot find the cluster DNS',
          certainty: 'certain',
          proof: ['Deployment kube-system/coredns exists, but its Service does not'],
          fix: expected.repair.cluster,
        },
      ]
    if (!isMeant || snapshot.dnsService === undefined || hasEndpoints(view) || isDnsStarting(view)) return []
    return [
      {
        cause: 'Service kube-system/kube-dns has no ready endpoints, so service names do not resolve',
        certainty: 'certain',
        proof: [
          `its selector: ${JSON.stringify(textsAt(snapshot.dnsService, 'spec', 'selector'))}; ready endpoints: 0`,
        ],
        fix: expected.repair.cluster,
      },
    ]
  },
}

const isDnsStarting = (view: ClusterView): boolean => {
  const pods = (view.snapshot.systemPods ?? []).filter(
    pod => textsAt(pod, 'metadata', 'labels')['k8s-app'] === 'kube-dns',
  )
  return pods.some(pod => isNew(pod, view)) || (pods.length > 0 && pods.every(pod => !isReady(pod)))
}

/** A Deployment of kube-system that has too few pods, where no pod of it says why. */
const deploymentPods: ClusterRule = {
  name: 'deployment-pods',
  follows: ['leader-silent', 'pods-refused', 'node-not-ready'],
  judge: view =>
    (view.snapshot.deployments ?? []).flatMap((deployment): readonly Judgement[] => {
      const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1
      const available = numberAt(deployment, 'status', 'availableReplicas') ?? 0
      const pods = [...view.podsOf].flatMap(([owner, all]) => (isOf(owner, nameOf(deployment)) ? all : []))
      if (available >= wanted || isMoving(deployment, pods, view)) return []
      if (pods.some(pod => troubleOf(pod, view) !== undefined)) return []
      return [
        {
          cause: `Deployment ${placeOf(deployment)} has ${String(available)} of ${String(wanted)} pods available`,
          certainty: available === 0 ? 'certain' : 'likely',
          proof: [
            `${String(pods.length)} of ${String(wanted)} pods exist`,
            ...warningsAbout(view, object => (textAt(object, 'name') ?? '').startsWith(`${nameOf(deployment)}-`)),
          ],
          fix: `\`kubectl -n ${namespaceOf(deployment)} describe deployment ${nameOf(deployment)}\` shows more; then ${view.expected.repair.cluster}`,
        },
      ]
    }),
}

/** A ReplicaSet carries its Deployment's name and a hash. */
const isOf = (owner: string, deployment: string): boolean =>
  owner.startsWith(`ReplicaSet/${deployment}-`) && !owner.slice(`ReplicaSet/${deployment}-`.length).includes('-')

function isMoving(deployment: ApiObject, pods: readonly ApiObject[], view: ClusterView): boolean {
  const {now} = view.snapshot
  const changed = listAt(deployment, 'status', 'conditions').flatMap(one => timeAt(one, 'lastTransitionTime') ?? [])
  return isNew(deployment, view) || pods.some(pod => isNew(pod, view)) || changed.some(at => now - at < 30_000)
}

export const WORKLOAD_RULES: readonly ClusterRule[] = [
  workloadMissing,
  daemonSetNarrow,
  daemonSetPods,
  dnsScaledDown,
  dnsService,
  deploymentPods,
]
