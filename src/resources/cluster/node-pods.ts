import type {KubeClient} from '../../kube/client.ts'
import {podState} from '../../kube/components.ts'
import {at, conditionOf, isObject, listAt, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath, query} from '../../kube/kinds.ts'
import {waitFor} from '../../kube/wait.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation, OperationContext} from '../core/operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'
import {laneWait} from './lane-wait.ts'

/** The kubelet's clock dates when a pod became ready; the API server's clock dates when a Node was created. */
const SKEW_MS = 30_000

interface DaemonSetName {
  readonly namespace: string
  readonly name: string
}

/** The pods that these daemon sets have on one node must run. kadm does not wait for a set that the cluster does not have. */
export interface NodePodsResource extends ResourceBase {
  readonly kind: 'node-pods'
  readonly node: string
  readonly daemonSets: readonly DaemonSetName[]
  readonly deadlineMs: number
}

export const nodePods = (wanted: Omit<NodePodsResource, 'kind' | 'id'>): NodePodsResource => ({
  kind: 'node-pods',
  id: `node-pods:${wanted.node}`,
  ...wanted,
})

async function lacking({node, daemonSets}: NodePodsResource, api: KubeClient): Promise<string | undefined> {
  const [self, pods, ...sets] = await Promise.all([
    api.get(apiPath.nodes(node), AT_ONCE),
    api.list(apiPath.pods() + query({fieldSelector: `spec.nodeName=${node}`}), AT_ONCE),
    ...daemonSets.map(({name, namespace}) => api.get(apiPath.daemonSets(name, namespace), AT_ONCE)),
  ])
  const missing = sets.flatMap(set => (set === undefined ? [] : (lackingOf(set, pods, bornAt(self)) ?? [])))
  return missing.length === 0 ? undefined : missing.join('; ')
}

/** In ms since 1970; 0 when it does not exist yet. */
const bornAt = (object: ApiObject | undefined): number => timeOf(textAt(object, 'metadata', 'creationTimestamp'))
const timeOf = (text: string | undefined): number => (text === undefined ? 0 : Date.parse(text))

function lackingOf(set: ApiObject, pods: readonly ApiObject[], nodeBornAt: number): string | undefined {
  const name = textAt(set, 'metadata', 'name') ?? ''
  const own = pods.find(pod => isOf(pod, set) && at(pod, 'metadata', 'deletionTimestamp') === undefined)
  if (own === undefined) return `${name}: pod not created`
  const condition = conditionOf(own, 'Ready')
  if (textAt(condition, 'status') !== 'True') return `${name}: ${podState(own)}`
  const isOfEarlierNode =
    bornAt(own) < nodeBornAt && timeOf(textAt(condition, 'lastTransitionTime')) < nodeBornAt - SKEW_MS
  return isOfEarlierNode ? `${name}: pod belongs to an earlier node with this name` : undefined
}

const isOf = (pod: ApiObject, set: ApiObject): boolean =>
  listAt(pod, 'metadata', 'ownerReferences')
    .filter(isObject)
    .some(owner => owner['uid'] === at(set, 'metadata', 'uid'))

const lookOnce = (resource: NodePodsResource, context: OperationContext): Promise<string | undefined> =>
  apiLook(context, api => lacking(resource, api))

export const nodePodsOperation: Operation<NodePodsResource> = {
  onlyWaits: true,
  look: lookOnce,
  act: async (resource, context) => {
    const {progress} = context
    await waitFor(
      {
        what: `the pods of the DaemonSets to run on ${resource.node}`,
        deadlineMs: resource.deadlineMs,
        intervalMs: 300,
        ...laneWait(context),
        hint: `see their state: kubectl get pods -A --field-selector spec.nodeName=${resource.node}`,
        onSeen: seen => progress(`waiting for the node's own pods: ${seen}`),
      },
      async () => {
        const seen = await lookOnce(resource, context)
        return seen === undefined ? {value: true} : {seen}
      },
    )
    return 'unchanged'
  },
}
