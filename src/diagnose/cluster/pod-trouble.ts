import {ageText} from '../../domain/duration.ts'
import {podState} from '../../kube/components.ts'
import {
  at,
  conditionOf,
  isObject,
  listAt,
  nameOf,
  namespaceOf,
  numberAt,
  textAt,
  type ApiObject,
} from '../../kube/json.ts'
import {ageOf, timeAt} from './cluster-time.ts'
import {cut, isAbout, warningsAbout, type ClusterView, type NodeView} from './cluster-view.ts'

/** What keeps a container from running until you act, in the kubelet's words. */
const STUCK =
  /^(?:CrashLoopBackOff|ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError|RegistryUnavailable|ImageInspectError)$/
export const IMAGE_TROUBLE =
  /^(?:ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|RegistryUnavailable|ImageInspectError)$/

/** A container that ended this lately, and not for the first time, stops again and again. */
const LATELY_MS = 300_000
/** What is made takes its time; after this a pod that has not come so far is stuck, and sooner where the cluster says why. */
const STARTS_WITHIN_MS = 120_000
const SCHEDULED_WITHIN_MS = 30_000
const SAID_AFTER_MS = 20_000

export interface Trouble {
  readonly pod: ApiObject
  /** `CrashLoopBackOff`, `Unschedulable`, `ContainerCreating`. */
  readonly reason: string
  readonly proof: readonly string[]
}

export const isReady = (pod: ApiObject): boolean => textAt(conditionOf(pod, 'Ready'), 'status') === 'True'

export const isEnding = (pod: ApiObject): boolean => at(pod, 'metadata', 'deletionTimestamp') !== undefined

const hasEnded = (pod: ApiObject): boolean => ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')

/** Why a pod does not run and will not by itself; undefined for one that runs, has done its work, or may still come up. */
export function troubleOf(pod: ApiObject, view: ClusterView): Trouble | undefined {
  if (isEnding(pod) || hasEnded(pod)) return undefined
  const containers = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')]
  for (const container of containers.filter(isObject)) {
    const trouble = containerTrouble(pod, container, view)
    if (trouble !== undefined) return trouble
  }
  const age = ageOf(pod, view.snapshot.now)
  const unscheduled = conditionOf(pod, 'PodScheduled')
  if (textAt(unscheduled, 'status') === 'False' && age > SCHEDULED_WITHIN_MS)
    return {pod, reason: textAt(unscheduled, 'reason') ?? 'Unschedulable', proof: [line(pod, podState(pod))]}
  const isStarting = textAt(pod, 'status', 'phase') === 'Pending' && textAt(pod, 'spec', 'nodeName') !== undefined
  if (!isStarting || age < SAID_AFTER_MS || isOnSilentNode(pod, view)) return undefined
  const said = warningsAbout(view, isAbout(pod), 1)
  // On a node that has just joined the pod network comes up with the first pods.
  if ((said.length === 0 || nodeOf(pod, view)?.isFresh === true) && age < STARTS_WITHIN_MS) return undefined
  return {pod, reason: 'ContainerCreating', proof: [line(pod, `not started for ${ageText(age)}`), ...said]}
}

function containerTrouble(pod: ApiObject, container: ApiObject, {snapshot: {now}}: ClusterView): Trouble | undefined {
  const waiting = at(container, 'state', 'waiting')
  const reason = textAt(waiting, 'reason') ?? ''
  const last = at(container, 'lastState', 'terminated') ?? at(container, 'state', 'terminated')
  const ended = last === undefined ? [] : [line(pod, `${textAt(container, 'name') ?? ''} ${endOf(last)}`)]
  if (STUCK.test(reason)) {
    const message = textAt(waiting, 'message') ?? ''
    return {pod, reason, proof: [line(pod, `${reason}: ${cut(message)}`), ...ended]}
  }
  const finished = timeAt(last, 'finishedAt') ?? 0
  const isAgain = (numberAt(container, 'restartCount') ?? 0) > 1 && now - finished < LATELY_MS
  if (!isAgain || container['ready'] === true || textAt(last, 'reason') === 'Completed') return undefined
  return {pod, reason: 'CrashLoopBackOff', proof: [line(pod, podState(pod)), ...ended]}
}

const line = (pod: ApiObject, what: string): string => `${namespaceOf(pod)}/${nameOf(pod)}: ${what}`

const endOf = (terminated: unknown): string => {
  const message = textAt(terminated, 'message')
  const code = numberAt(terminated, 'exitCode')
  return `ended with code ${String(code ?? '?')} (${textAt(terminated, 'reason') ?? 'Error'})${message === undefined ? '' : `: ${cut(message)}`}`
}

const nodeOf = (pod: ApiObject, {nodes}: ClusterView): NodeView | undefined =>
  nodes.find(({name}) => name === textAt(pod, 'spec', 'nodeName'))

const isOnSilentNode = (pod: ApiObject, view: ClusterView): boolean => nodeOf(pod, view)?.ready === false
