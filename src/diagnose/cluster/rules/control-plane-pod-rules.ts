import {ageText} from '../../../domain/duration.ts'
import {listAt, nameOf, numberAt, textAt, type ApiObject} from '../../../kube/json.ts'
import type {Taint} from '../../../domain/cluster.ts'
import {CONTROL_PLANE_LABEL} from '../../../manifests/node-labels-and-taints.ts'
import {nodesOfHosts} from '../hosts-as-nodes.ts'
import {isMirror, podState} from '../../../kube/components.ts'
import type {Judgement} from '../../diagnosis.ts'
import {ageOf, timeAt} from '../cluster-time.ts'
import {FRESH_MS, names, type ClusterRule, type ClusterView, type NodeView} from '../cluster-view.ts'
import {isReady, troubleOf} from '../pod-trouble.ts'

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const
const LEADERS = ['kube-controller-manager', 'kube-scheduler'] as const

const MEANING = {
  'kube-apiserver': 'this control plane does not answer requests',
  'kube-controller-manager': 'deleting, scaling and deploying have no effect',
  'kube-scheduler': 'new pods are not scheduled',
  etcd: 'this control plane does not store the state of the cluster',
} as const satisfies Record<(typeof COMPONENTS)[number], string>

/** The pods of a control plane's own manifests, as the kubelet shows them to the API. */
export const staticPods = ({snapshot}: ClusterView): readonly ApiObject[] =>
  (snapshot.systemPods ?? []).filter(isMirror)

const wantedComponents = ({made}: ClusterView): readonly string[] =>
  COMPONENTS.filter(name => name !== 'etcd' || !made.externalEtcd)

/** What a control-plane node should run and does not show. */
export function missingComponents(view: ClusterView): readonly {readonly node: NodeView; readonly component: string}[] {
  if (view.snapshot.systemPods === undefined) return []
  const pods = staticPods(view)
  const there = new Set(pods.map(nameOf))
  const running = new Set(pods.map(pod => textAt(pod, 'spec', 'nodeName')))
  return controlPlanes(view)
    .filter(({name, isFresh, taints}) => !isFresh && (running.has(name) || taints.some(isControlPlanes)))
    .flatMap(node =>
      wantedComponents(view)
        .filter(component => !there.has(`${component}-${node.name}`))
        .map(component => ({node, component})),
    )
}

const isControlPlanes = ({key}: Taint): boolean => key === CONTROL_PLANE_LABEL

/** By their label, but for those that are workers by the file. */
function controlPlanes({nodes, expected}: ClusterView): readonly NodeView[] {
  const pairs = expected.hosts === undefined ? [] : nodesOfHosts(expected.hosts, nodes).pairs
  const workers = new Set(pairs.flatMap(({host, node}) => (host.role === 'worker' ? [node] : [])))
  return nodes.filter(node => node.controlPlane && !workers.has(node))
}

const staticPodMissing: ClusterRule = {
  name: 'static-pod-missing',
  judge: view =>
    missingComponents(view)
      .filter(({node}) => node.ready)
      .map(({node, component}): Judgement => {
        const meaning = COMPONENTS.find(name => name === component)
        return {
          cause: `control plane ${node.name} does not run ${component}${meaning === undefined ? '' : `: ${MEANING[meaning]}`}`,
          certainty: 'certain',
          proof: [
            `pod kube-system/${component}-${node.name} does not exist: its manifest is missing or the kubelet cannot read it`,
          ],
          nodes: [node.name],
          fix: `${view.expected.repair.cluster} writes /etc/kubernetes/manifests/${component}.yaml again`,
        }
      }),
}

const staticPodDown: ClusterRule = {
  name: 'static-pod-down',
  judge: view => {
    const silent = new Set(view.nodes.filter(({ready}) => !ready).map(({name}) => name))
    return staticPods(view)
      .filter(pod => !isReady(pod) && !silent.has(textAt(pod, 'spec', 'nodeName') ?? ''))
      .filter(pod => troubleOf(pod, view) === undefined && isSettled(pod, view))
      .map((pod): Judgement => ({
        cause: `${nameOf(pod)} runs but is not ready`,
        certainty: 'certain',
        proof: [`kube-system/${nameOf(pod)}: ${podState(pod)}, not ready`],
        nodes: nodesOf([pod]),
        fix: `${view.expected.repair.why(view.nodes.find(({name}) => name === textAt(pod, 'spec', 'nodeName')))}; then ${view.expected.repair.cluster}`,
      }))
  },
}

const nodesOf = (pods: readonly ApiObject[]): readonly string[] =>
  pods.flatMap(pod => textAt(pod, 'spec', 'nodeName') ?? [])

function isSettled(pod: ApiObject, {snapshot: {now}}: ClusterView): boolean {
  const started = listAt(pod, 'status', 'containerStatuses').flatMap(
    one => timeAt(one, 'state', 'running', 'startedAt') ?? [],
  )
  return ageOf(pod, now) > FRESH_MS && started.every(at => now - at > FRESH_MS)
}

/** Twice the time that a leader may let pass before others take over, and what our own clock may be behind. */
const SILENT_FACTOR = 2
const SLACK_MS = 15_000

/** Each of them holds a lease that it renews every two seconds, as long as the API lets it. */
const leaderSilent: ClusterRule = {
  name: 'leader-silent',
  follows: ['static-pod-missing', 'static-pod-down', 'etcd-refuses'],
  judge: view =>
    LEADERS.flatMap((component): readonly Judgement[] => {
      const {leases, now} = view.snapshot
      const lease = leases?.find(one => nameOf(one) === component)
      const renewed = timeAt(lease, 'spec', 'renewTime')
      const pods = staticPods(view).filter(pod => nameOf(pod).startsWith(`${component}-`))
      if (renewed === undefined || pods.length === 0 || pods.some(doesNotElect)) return []
      const timeoutScale = (numberAt(lease, 'spec', 'leaseDurationSeconds') ?? 15) * 1000 * SILENT_FACTOR + SLACK_MS
      if (now - renewed < Math.max(timeoutScale, 45_000) || pods.some(pod => troubleOf(pod, view) !== undefined))
        return []
      if (pods.every(pod => !isSettled(pod, view))) return []
      const holder = textAt(lease, 'spec', 'holderIdentity') ?? ''
      return [
        {
          cause: `${component} has not renewed its lease for ${ageText(now - renewed)}: it hangs, or the API refuses it; ${MEANING[component]}`,
          certainty: 'certain',
          proof: [
            `lease kube-system/${component}: holder ${holder === '' ? 'none' : holder}, renewed ${ageText(now - renewed)} ago`,
            `pods: ${names(pods.map(nameOf))}`,
          ],
          nodes: nodesOf(pods),
          fix: `\`kubectl -n kube-system logs ${nameOf(pods[0] ?? {})} --tail=5\` shows why; ${view.expected.repair.cluster} renews its credentials; if the problem returns, run on the control plane: \`sudo pkill -x ${component.slice(0, 15)}\``,
        },
      ]
    }),
}

const doesNotElect = (pod: ApiObject): boolean =>
  listAt(pod, 'spec', 'containers').some(container =>
    [...listAt(container, 'command'), ...listAt(container, 'args')].includes('--leader-elect=false'),
  )

export const CONTROL_PLANE_POD_RULES: readonly ClusterRule[] = [staticPodMissing, staticPodDown, leaderSilent]
