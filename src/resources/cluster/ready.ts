import {podState} from '../../kube/components.ts'
import type {KubeClient} from '../../kube/client.ts'
import {conditionOf, numberAt, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {waitFor} from '../../kube/wait.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation, OperationContext} from '../core/operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'
import {laneWait} from './lane-wait.ts'

/** A state of the cluster that controllers must reach: a node or a pod that is Ready, a workload with all its pods. */
export interface ReadyResource extends ResourceBase {
  readonly kind: 'ready'
  readonly what: 'node' | 'pod' | 'deployment' | 'daemonset'
  readonly name: string
  readonly namespace: string | undefined
  readonly deadlineMs: number
  /** Distinguishes two waits for one state at different times of a run. */
  readonly moment?: string
}

export const ready = (wanted: Omit<ReadyResource, 'kind' | 'id'>): ReadyResource => {
  const {what, namespace, name, moment} = wanted
  const place = namespace === undefined ? name : `${namespace}/${name}`
  return {kind: 'ready', id: `ready:${what}/${place}${moment === undefined ? '' : ` (${moment})`}`, ...wanted}
}

const pathOf = ({what, name, namespace}: ReadyResource): string => {
  switch (what) {
    case 'node':
      return apiPath.nodes(name)
    case 'pod':
      return apiPath.pods(name, namespace)
    case 'deployment':
      return apiPath.deployments(name, namespace)
    case 'daemonset':
      return apiPath.daemonSets(name, namespace)
  }
}

const hintOf = ({what, name, namespace = 'default'}: ReadyResource): string =>
  what === 'node'
    ? "run 'kadm doctor', or check the kubelet log on that machine: journalctl -u kubelet"
    : `run 'kadm doctor', or see what its pods wait for: kubectl -n ${namespace} describe ${what} ${name}`

/** Machines whose kubelet is silent: their pods never become ready, and a wait for them would never end. */
async function silentNodes(api: KubeClient): Promise<number> {
  const nodes = await api.list(apiPath.nodes(), AT_ONCE)
  return nodes.filter(node => textAt(conditionOf(node, 'Ready'), 'status') === 'Unknown').length
}

/** What is still missing, apart from pods on silent machines; undefined when it is ready. */
async function lackingNow(resource: ReadyResource, api: KubeClient): Promise<string | undefined> {
  const object = await api.get(pathOf(resource), AT_ONCE)
  if (object === undefined) return 'it does not exist yet'
  const {what} = resource
  if (what === 'node' || what === 'pod') return notReady(what, object)
  return notComplete(what, object, 0) && notComplete(what, object, await silentNodes(api))
}

function notReady(what: 'node' | 'pod', object: ApiObject): string | undefined {
  const condition = conditionOf(object, 'Ready')
  if (textAt(condition, 'status') === 'True') return undefined
  return what === 'pod' ? podState(object) : (textAt(condition, 'message') ?? 'the kubelet has not reported yet')
}

/** What is still missing when so many machines are silent. */
function notComplete(what: 'deployment' | 'daemonset', object: ApiObject, silent: number): string | undefined {
  const seen = numberAt(object, 'status', 'observedGeneration') ?? 0
  if (seen < (numberAt(object, 'metadata', 'generation') ?? 0)) return 'its controller has not seen it yet'
  if (what === 'deployment') {
    const wanted = numberAt(object, 'spec', 'replicas') ?? 1
    const up = numberAt(object, 'status', 'availableReplicas') ?? 0
    return up >= wanted || (up > 0 && silent > 0) ? undefined : `${String(up)} of ${String(wanted)} pods available`
  }
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled') ?? 0
  const up = numberAt(object, 'status', 'numberReady') ?? 0
  return up + silent >= wanted && up > 0 ? undefined : `${String(up)} of ${String(wanted)} pods ready`
}

const lookOnce = (resource: ReadyResource, context: OperationContext): Promise<string | undefined> =>
  apiLook(context, api => lackingNow(resource, api))

export const readyOperation: Operation<ReadyResource> = {
  onlyWaits: true,
  look: lookOnce,
  act: async (resource, context) => {
    await waitFor(
      {
        what: `${resource.what} ${resource.name} to be ready`,
        deadlineMs: resource.deadlineMs,
        intervalMs: 300,
        ...laneWait(context),
        hint: hintOf(resource),
        onSeen: seen => context.progress(`waiting for ${resource.what} ${resource.name}: ${seen}`),
      },
      async () => {
        const seen = await lookOnce(resource, context)
        return seen === undefined ? {value: true} : {seen}
      },
    )
    return 'unchanged'
  },
}
