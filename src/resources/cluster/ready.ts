import {podState} from '../../kube/components.ts'
import type {KubeClient} from '../../kube/client.ts'
import {at, conditionOf, listAt, numberAt, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {waitFor} from '../../kube/wait.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation, OperationContext} from '../core/operation.ts'
import {apiLook, AT_ONCE, untilAnswered} from './api-look.ts'
import {csiNodeWatch} from './csi-node-watch.ts'
import {laneWait} from './lane-wait.ts'

/**
 * A state of the cluster that controllers must reach: a node that is Ready, a workload with all its pods, a static pod that the kubelet
 * reports as running. The kubelet calls a static pod ready up to 20 s after it is, because it probes it first after 10 s.
 */
export interface ReadyResource extends ResourceBase {
  readonly kind: 'ready'
  readonly what: 'node' | 'static-pod' | 'deployment' | 'daemonset'
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
    case 'static-pod':
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
    : `run 'kadm doctor', or see what its pods wait for: kubectl -n ${namespace} describe ${kindOf(what)} ${name}`

const kindOf = (what: ReadyResource['what']): string => (what === 'static-pod' ? 'pod' : what)

/** Machines whose kubelet is silent: their pods never become ready, and a wait for them would never end. */
async function silentNodes(api: KubeClient): Promise<number> {
  const nodes = await api.list(apiPath.nodes(), AT_ONCE)
  return nodes.filter(node => textAt(conditionOf(node, 'Ready'), 'status') === 'Unknown').length
}

const ABSENT = 'it does not exist yet'

/** What is still missing, apart from pods on silent machines; undefined when it is ready. */
async function lackingNow(resource: ReadyResource, api: KubeClient): Promise<string | undefined> {
  const object = await api.get(pathOf(resource), AT_ONCE)
  if (object === undefined) return ABSENT
  const {what} = resource
  if (what === 'static-pod') return notRunning(object)
  if (what === 'node') return notReady(object)
  return notComplete(what, object, 0) && notComplete(what, object, await silentNodes(api))
}

function notReady(node: ApiObject): string | undefined {
  const condition = conditionOf(node, 'Ready')
  if (textAt(condition, 'status') === 'True') return undefined
  return textAt(condition, 'message') ?? 'the kubelet has not reported yet'
}

function notRunning(pod: ApiObject): string | undefined {
  const containers = listAt(pod, 'status', 'containerStatuses')
  const isRunning = containers.length > 0 && containers.every(one => at(one, 'state', 'running') !== undefined)
  return isRunning ? undefined : podState(pod)
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
    const endWait = resource.what === 'node' ? csiNodeWatch(resource.name, context) : undefined
    await waitFor(
      {
        what: `${kindOf(resource.what)} ${resource.name} to ${resource.what === 'static-pod' ? 'run' : 'be ready'}`,
        deadlineMs: resource.deadlineMs,
        intervalMs: 300,
        ...laneWait(context),
        hint: hintOf(resource),
        onSeen: seen => context.progress(`waiting for ${kindOf(resource.what)} ${resource.name}: ${seen}`),
      },
      untilAnswered(async () => {
        const seen = await lookOnce(resource, context)
        if (seen === undefined) return {value: true}
        return {seen: (seen === ABSENT ? undefined : await endWait?.()) ?? seen}
      }),
    )
    return 'unchanged'
  },
}
