import {cidrContains, parseAddress, parseCidr} from '../../../domain/cidr.ts'
import {listAt, nameOf, namespaceOf, textAt, type ApiObject} from '../../../kube/json.ts'
import type {Judgement} from '../../diagnosis.ts'
import {names, ownerKey, type ClusterRule, type ClusterView, type NodeView} from '../cluster-view.ts'
import {IMAGE_TROUBLE, isEnding, troubleOf, type Trouble} from '../pod-trouble.ts'
import {wantsFlannel} from '../wanted-workloads.ts'

/** Pods of the system that do not run: one finding for all pods of one maker that have one reason. */
const podTrouble: ClusterRule = {
  name: 'pod-trouble',
  judge: view => {
    const troubles = (view.snapshot.systemPods ?? []).flatMap(pod => troubleOf(pod, view) ?? [])
    const groups = Map.groupBy(troubles, ({pod, reason}) => `${reason} ${namespaceOf(pod)}/${ownerKey(pod)}`)
    return [...groups.values()].flatMap(group => told(group, view))
  },
}

function told(group: readonly Trouble[], {expected, nodes}: ClusterView): readonly Judgement[] {
  const [first] = group
  if (first === undefined) return []
  const {pod, reason, proof} = first
  // Before the first node is ready, pods have no place to be.
  if (reason === 'Unschedulable' && nodes.every(({ready}) => !ready)) return []
  const who = `${namespaceOf(pod)}/${nameOf(pod)}${group.length > 1 ? ` and ${String(group.length - 1)} more of ${ownerKey(pod)}` : ''}`
  const nodesOfPods = [...new Set(group.flatMap(one => textAt(one.pod, 'spec', 'nodeName') ?? []))]
  const where = names(nodesOfPods)
  return [
    {
      cause: `pod ${who} ${WORDS[reason] ?? `does not run (${reason})`}${where === '' ? '' : ` on ${where}`}`,
      certainty: 'certain',
      proof,
      nodes: nodesOfPods,
      fix: fixOf(first, expected.repair.cluster),
    },
  ]
}

const WORDS: Readonly<Record<string, string>> = {
  CrashLoopBackOff: 'keeps crashing',
  Unschedulable: 'is not scheduled',
  ContainerCreating: 'does not start',
  ImagePullBackOff: 'cannot pull its image',
  ErrImagePull: 'cannot pull its image',
  ErrImageNeverPull: 'cannot pull its image',
}

function fixOf({pod, reason}: Trouble, repair: string): string {
  const named = `-n ${namespaceOf(pod)} ${nameOf(pod)}`
  if (IMAGE_TROUBLE.test(reason))
    return `make the registry of the image reachable from the node, or correct the image name; if kadm created the pod: ${repair}`
  if (reason === 'CrashLoopBackOff')
    return `\`kubectl logs --previous ${named}\` shows why; if kadm created the pod: ${repair}`
  return `\`kubectl describe pod ${named}\` shows more; if kadm created the pod: ${repair}`
}

/** flannel gives each pod an address of its node's range; another one comes from a network that another tool left on the machine. */
const foreignAddress: ClusterRule = {
  name: 'pod-address',
  judge: view => {
    if (!wantsFlannel(view)) return []
    const pods = new Map(
      [...(view.snapshot.systemPods ?? []), ...(view.snapshot.podSample ?? [])].map(pod => [
        textAt(pod, 'metadata', 'uid'),
        pod,
      ]),
    )
    const byNode = Map.groupBy(pods.values(), pod => textAt(pod, 'spec', 'nodeName'))
    return view.nodes.flatMap((node): readonly Judgement[] => {
      const foreign = (byNode.get(node.name) ?? []).filter(pod => !isEnding(pod) && isForeign(pod, node))
      if (foreign.length === 0) return []
      const places = foreign.map(pod => `${namespaceOf(pod)}/${nameOf(pod)}: ${textAt(pod, 'status', 'podIP') ?? ''}`)
      const remake = foreign.slice(0, 3).map(pod => `\`kubectl -n ${namespaceOf(pod)} delete pod ${nameOf(pod)}\``)
      return [
        {
          cause: `pods on ${node.name} get addresses outside its range ${node.podCidr ?? ''}: the node uses the configuration of another network, and other nodes cannot reach the pods`,
          certainty: 'certain',
          proof: places.slice(0, 3),
          nodes: [node.name],
          fix: `list the files before 10-containerd-net.conflist on ${node.name}: \`ls /etc/cni/net.d\`; move them to /root, run ${view.expected.repair.cluster}, then recreate these pods: ${remake.join('; ')}`,
        },
      ]
    })
  },
}

function isForeign(pod: ApiObject, {podCidr, object}: NodeView): boolean {
  const ranges = [...listAt(object, 'spec', 'podCIDRs'), podCidr].flatMap(range =>
    typeof range === 'string' ? (parseCidr(range) ?? []) : [],
  )
  const address = parseAddress(textAt(pod, 'status', 'podIP') ?? '')
  const isOnHost = pod['spec'] !== undefined && textAt(pod, 'status', 'hostIP') === textAt(pod, 'status', 'podIP')
  if (address === undefined || ranges.length === 0 || isOnHost) return false
  return !ranges.some(range => cidrContains(range, address))
}

/** Without a range of its own a node has no addresses for pods. */
const noRange: ClusterRule = {
  name: 'node-range',
  follows: ['leader-silent', 'static-pod-missing'],
  judge: view =>
    view.nodes
      .filter(({isFresh, podCidr}) => wantsFlannel(view) && !isFresh && podCidr === undefined)
      .map(({name}): Judgement => ({
        cause: `node ${name} does not have an address range for its pods`,
        certainty: 'certain',
        proof: [`${name}: spec.podCIDR is empty`],
        nodes: [name],
        fix: `the controller manager assigns the ranges: check that it has --allocate-node-cidrs=true and a --cluster-cidr that is large enough for this node; ${view.expected.repair.cluster} writes its manifest again`,
      })),
}

export const POD_RULES: readonly ClusterRule[] = [podTrouble, foreignAddress, noRange]
