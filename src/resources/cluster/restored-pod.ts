import {podState} from '../../kube/components.ts'
import type {KubeClient} from '../../kube/client.ts'
import {conditionOf, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {waitFor} from '../../kube/wait.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation, OperationContext} from '../core/operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'
import {laneWait} from './lane-wait.ts'

/**
 * A static pod of a control plane after a restore. The snapshot has the state of the pod at its time, also `Ready`, and a kubelet reports only
 * what changes. kadm deletes such an object, and the kubelet creates it again with the present state.
 */
export interface RestoredPodResource extends ResourceBase {
  readonly kind: 'restored-pod'
  readonly namespace: string
  readonly name: string
  /** The last revision of the snapshot: the API server gives later versions to all that changed since. */
  readonly revision: number
  readonly deadlineMs: number
}

export const restoredPod = (wanted: Omit<RestoredPodResource, 'kind' | 'id'>): RestoredPodResource => ({
  kind: 'restored-pod',
  id: `restored-pod:${wanted.name}`,
  ...wanted,
})

const isOfSnapshot = (pod: ApiObject, revision: number): boolean =>
  Number(textAt(pod, 'metadata', 'resourceVersion') ?? 0) <= revision

async function lacking({name, namespace, revision}: RestoredPodResource, api: KubeClient): Promise<string | undefined> {
  const pod = await api.get(apiPath.pods(name, namespace), AT_ONCE)
  if (pod === undefined) return 'the kubelet has not reported it yet'
  if (isOfSnapshot(pod, revision)) return 'its state is the one in the snapshot'
  return textAt(conditionOf(pod, 'Ready'), 'status') === 'True' ? undefined : podState(pod)
}

const lookOnce = (resource: RestoredPodResource, context: OperationContext): Promise<string | undefined> =>
  apiLook(context, api => lacking(resource, api))

export const restoredPodOperation: Operation<RestoredPodResource> = {
  onlyWaits: true,
  look: lookOnce,
  act: async (resource, context) => {
    const {name, namespace, revision, deadlineMs} = resource
    await waitFor(
      {
        what: `pod ${name} to be ready`,
        deadlineMs,
        intervalMs: 500,
        ...laneWait(context),
        hint: `run 'kadm doctor', or see its log on that machine: /var/log/pods`,
        onSeen: seen => context.progress(`waiting for pod ${name}: ${seen}`),
      },
      async () => {
        const seen = await lookOnce(resource, context)
        if (seen === undefined) return {value: true}
        const api = await context.api()
        const pod = await api.get(apiPath.pods(name, namespace), AT_ONCE).catch(() => undefined)
        if (pod !== undefined && isOfSnapshot(pod, revision))
          await api.delete(apiPath.pods(name, namespace), {gracePeriodSeconds: 0, signal: context.signal})
        return {seen}
      },
    )
    return 'unchanged'
  },
}
