import {ageText} from '../../../domain/duration.ts'
import type {Taint} from '../../../domain/cluster.ts'
import {at, conditionOf, listAt, textAt} from '../../../kube/json.ts'
import {CONTROL_PLANE_LABEL} from '../../../manifests/node-labels-and-taints.ts'
import type {Judgement} from '../../diagnosis.ts'
import {timeAt} from '../cluster-time.ts'
import {FRESH_MS, names, ownerKey, type ClusterRule, type ClusterView, type NodeView} from '../cluster-view.ts'
import {nodesOfHosts} from '../hosts-as-nodes.ts'
import {keepsAway, OF_CONTROLLERS} from '../tolerations.ts'

/** How kadm's own verify marks a node that it has cordoned for a moment. */
const OWN_CORDON = 'kadm/verify-cordoned'
const inWords = ({key, value, effect}: Taint): string =>
  `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`

/** A node whose pods are leaving right now: you drain it, or a check of kadm does. */
function isBeingEmptied(node: NodeView, {snapshot}: ClusterView): boolean {
  if (textAt(node.object, 'metadata', 'annotations', OWN_CORDON) !== undefined) return true
  const pods = [...(snapshot.podSample ?? []), ...(snapshot.systemPods ?? [])]
  return pods.some(
    pod =>
      textAt(pod, 'spec', 'nodeName') === node.name &&
      at(pod, 'metadata', 'deletionTimestamp') !== undefined &&
      !ownerKey(pod).startsWith('DaemonSet/'),
  )
}

/** Told, not blamed: people cordon nodes on purpose, and forget to uncordon them. */
const cordoned: ClusterRule = {
  name: 'node-cordoned',
  judge: view =>
    view.nodes
      .filter(node => !node.schedulable && !isBeingEmptied(node, view))
      .map((node): Judgement => {
        const taint = listAt(node.object, 'spec', 'taints').find(
          one => textAt(one, 'key') === 'node.kubernetes.io/unschedulable',
        )
        const since = timeAt(taint, 'timeAdded')
        return {
          cause: `node ${node.name} has been cordoned${since === undefined ? '' : ` for ${ageText(view.snapshot.now - since)}`}, so it accepts no new pods`,
          certainty: 'possible',
          proof: [`${node.name}: spec.unschedulable is true`],
          fix: `if the maintenance is complete: \`kubectl uncordon ${node.name}\``,
        }
      }),
}

/** Taints of a state that is over. */
const leftover: ClusterRule = {
  name: 'taint-left',
  follows: ['leader-silent', 'static-pod-missing'],
  judge: ({nodes, snapshot}) =>
    nodes.flatMap(node => {
      const since = timeAt(conditionOf(node.object, 'Ready'), 'lastTransitionTime') ?? 0
      if (!node.ready || node.isFresh || snapshot.now - since < FRESH_MS) return []
      return node.taints
        .filter(({key}) => key === 'node.kubernetes.io/not-ready' || key === 'node.kubernetes.io/unreachable')
        .map((taint): Judgement => ({
          cause: `node ${node.name} is ready but still has the taint ${inWords(taint)}, which keeps pods away`,
          certainty: 'certain',
          proof: [`${node.name}: Ready for ${ageText(snapshot.now - since)}`],
          fix: `\`kubectl taint nodes ${node.name} ${taint.key}:${taint.effect}-\``,
        }))
    }),
}

const uninitialized: ClusterRule = {
  name: 'node-uninitialized',
  judge: ({nodes}) =>
    nodes.flatMap(node =>
      node.taints
        .filter(({key}) => !node.isFresh && key === 'node.cloudprovider.kubernetes.io/uninitialized')
        .map((taint): Judgement => ({
          cause: `node ${node.name} waits for a cloud controller manager: its kubelet runs with --cloud-provider=external`,
          certainty: 'likely',
          proof: [`${node.name}: taint ${inWords(taint)}`],
          fix: `install the cloud controller manager, or remove cloud-provider from the kubelet's arguments and restart the kubelet`,
        })),
    ),
}

/** A worker with the control plane's taint, which nothing but system pods tolerates. */
const workerTaint: ClusterRule = {
  name: 'worker-taint',
  judge: ({nodes, expected}) => {
    const wanted = wantedTaints(expected.hosts, nodes)
    return nodes.flatMap(node =>
      node.taints
        .filter(taint => taint.key === CONTROL_PLANE_LABEL && !node.controlPlane && keepsAway(taint))
        .filter(taint => wanted.get(node)?.some(one => one.key === taint.key) !== true)
        .map((taint): Judgement => ({
          cause: `worker ${node.name} has the taint of a control plane, which keeps ordinary pods away`,
          certainty: wanted.has(node) ? 'certain' : 'likely',
          proof: [`${node.name}: taint ${inWords(taint)}, roles ${node.roles.join(', ') || 'none'}`],
          fix: `\`kubectl taint nodes ${node.name} ${taint.key}:${taint.effect}-\``,
        })),
    )
  },
}

const wantedTaints = (
  hosts: ClusterView['expected']['hosts'],
  nodes: readonly NodeView[],
): ReadonlyMap<NodeView, readonly Taint[]> =>
  new Map((hosts === undefined ? [] : nodesOfHosts(hosts, nodes).pairs).map(({host, node}) => [node, host.taints]))

/** Taints that the file does not have, and those it has and the node has not. */
const fileTaints: ClusterRule = {
  name: 'taint-differs',
  follows: ['node-role'],
  judge: ({nodes, expected}) =>
    [...wantedTaints(expected.hosts, nodes)].flatMap(([node, wanted]): readonly Judgement[] => {
      const isSame = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect
      const more = node.taints.filter(
        taint =>
          keepsAway(taint) &&
          !OF_CONTROLLERS.test(taint.key) &&
          taint.key !== CONTROL_PLANE_LABEL &&
          !wanted.some(one => isSame(one, taint)),
      )
      const less = node.isFresh ? [] : wanted.filter(taint => !node.taints.some(one => isSame(one, taint)))
      return [
        ...more.map(taint =>
          differs(
            node,
            `has the taint ${inWords(taint)}, which your file does not have: pods that do not tolerate it cannot run there`,
            `if you do not want it: \`kubectl taint nodes ${node.name} ${taint.key}:${taint.effect}-\``,
          ),
        ),
        ...less.map(taint =>
          differs(
            node,
            `does not have the taint ${inWords(taint)} of your file, so ordinary pods can run there`,
            `${expected.repair.cluster}; or, if this is what you want, set the taints of the host in your file`,
          ),
        ),
      ]
    }),
}

const differs = ({name, taints}: NodeView, what: string, fix: string): Judgement => ({
  cause: `node ${name} ${what}`,
  certainty: 'possible',
  proof: [`${name}: taints ${names(taints.map(inWords)) || 'none'}`],
  fix,
})

/** Where every node keeps ordinary pods away, none of them runs; unless there are only control planes, as before the first join. */
const nowhere: ClusterRule = {
  name: 'no-place-for-pods',
  follows: ['worker-taint', 'taint-differs'],
  judge: ({nodes}) => {
    const workers = nodes.filter(({controlPlane}) => !controlPlane)
    const isClosed = ({isFresh, taints}: NodeView): boolean =>
      !isFresh && taints.some(taint => keepsAway(taint) && !OF_CONTROLLERS.test(taint.key))
    const [first] = workers
    if (workers.length === 0 || !nodes.every(isClosed)) return []
    return [
      {
        cause: 'every node has a taint, so ordinary pods cannot be scheduled',
        certainty: 'likely',
        proof: workers.slice(0, 3).map(({name, taints}) => `${name}: ${taints.map(inWords).join(', ')}`),
        fix: `remove the taint from a node: \`kubectl taint nodes ${first?.name ?? ''} ${first?.taints.find(keepsAway)?.key ?? ''}-\``,
      },
    ]
  },
}

export const TAINT_RULES: readonly ClusterRule[] = [cordoned, leftover, uninitialized, workerTaint, fileTaints, nowhere]
